// Makes pages quicker and carries a case in a link; every page works without it.
"use strict";
(() => {
  const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const decode = (text) => new TextDecoder("utf-8", { fatal: true }).decode(
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)));

  const tell = (text) => {
    document.getElementById("told")?.remove();
    const told = document.createElement("p");
    told.id = "told";
    told.className = "problem";
    told.setAttribute("role", "alert");
    told.textContent = text;
    document.getElementById("main").prepend(told);
  };

  // A case in the part of the address after "#" never leaves the browser by itself: it is posted like a form.
  const open = () => {
    if (!location.hash.startsWith("#case=")) return;
    const held = location.hash.slice(6);
    history.replaceState(null, "", location.pathname + location.search);
    let text;
    try { text = decode(held); } catch { tell("This link is damaged: ask for it again, or for the case file."); return; }
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/case";
    form.hidden = true;
    const field = document.createElement("textarea");
    field.name = "text";
    field.value = text;
    form.append(field);
    document.body.append(form);
    form.submit();
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-link],button[data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) { window.print(); return; }
    const link = `${location.origin}/case#case=${encode(button.dataset.link)}`;
    const shown = document.getElementById("link");
    shown.hidden = false;
    const field = shown.querySelector("input");
    field.value = link;
    field.select();
    try { await navigator.clipboard.writeText(link); shown.querySelector("[role=status]").textContent = "Copied."; } catch { /* the field shows it */ }
  });

  // The answer is renewed when a question is answered. The arrow keys walk through a list of choices and each step
  // counts as a change, so with the keyboard it is renewed when the field is left.
  let keys = false;
  let changed = null;
  const renew = (field) => { changed = null; if (window.htmx && field.form) window.htmx.trigger(field.form, "answered"); };
  document.addEventListener("keydown", () => { keys = true; }, true);
  document.addEventListener("pointerdown", () => { keys = false; }, true);
  document.addEventListener("change", (event) => {
    if (!event.target.closest("#asked")) return;
    if (keys) changed = event.target; else renew(event.target);
  });
  document.addEventListener("focusout", (event) => { if (event.target === changed) renew(changed); });

  // What was unfolded in the form stays so when the page is renewed.
  const unfolded = new Set();
  const named = (part) => part.id || part.querySelector("summary").textContent.split("(")[0].trim();
  document.addEventListener("toggle", (event) => {
    const part = event.target;
    if (part.matches("#case details")) unfolded[part.open ? "add" : "delete"](named(part));
  }, true);

  // What a renewed page says, for those who hear it; and the keyboard goes on at a test just added, or at the questions.
  document.addEventListener("htmx:afterSettle", () => {
    for (const part of document.querySelectorAll("#case details")) if (unfolded.has(named(part))) part.open = true;
    const said = document.querySelector("[data-status]");
    if (said) document.getElementById("said").textContent = said.textContent;
    if (!document.activeElement || document.activeElement === document.body) {
      const added = document.querySelector("details[data-new] :is(select, input:not([type=hidden]))");
      if (added) added.focus();
      else document.querySelector("#asked select, #asked input, #case button")?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("htmx:sendError", () => tell("The server does not answer. Nothing entered here is lost: try again."));

  document.documentElement.classList.add("script");
  window.addEventListener("hashchange", open);
  open();
})();
