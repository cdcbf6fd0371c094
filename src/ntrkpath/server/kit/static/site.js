// Makes pages quicker and carries a case in a link; every page works without it.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  // Without a server the pages come from this browser's own worker: it is kept awake while a page is looked at, and
  // without it nothing is sent, since it would go to the host of the files.
  if (document.documentElement.hasAttribute("data-alone")) {
    const workers = navigator.serviceWorker;
    setInterval(() => { if (!document.hidden) workers.controller?.postMessage("stay"); }, 10000);
    document.addEventListener("submit", (event) => {
      if (workers.controller) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      tell("Open this page anew: it is not answered in this browser now, and nothing is sent elsewhere.");
    }, true);
    document.addEventListener("htmx:beforeRequest", (event) => { if (!workers.controller) event.preventDefault(); });
    // How far a file is that was sent: said beneath its form until the answer comes.
    let sender = null;
    const began = (event) => { sender = event.target.closest("form") ?? sender; };
    document.addEventListener("submit", began);
    document.addEventListener("htmx:beforeRequest", began);
    document.addEventListener("htmx:afterRequest", () => { sender = null; document.getElementById("far")?.remove(); });
    workers.addEventListener("message", ({ data }) => {
      if (!data.far || !sender) return;
      let far = document.getElementById("far");
      if (!far) {
        far = document.createElement("p");
        far.id = "far";
        far.append(Object.assign(document.createElement("span"), { role: "status" }));
        sender.append(far);
      }
      far.firstChild.textContent = data.far;
      if (data.stoppable && !far.lastElementChild.matches("button")) {
        const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "Stop" });
        stop.addEventListener("click", () => workers.controller.postMessage("stop"));
        far.append(" ", stop);
      }
    });
  }
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
    told.scrollIntoView({ block: "nearest" });
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
    form.action = `${root}/case`;
    form.hidden = true;
    const field = document.createElement("textarea");
    field.name = "text";
    field.value = text;
    form.append(field);
    document.body.append(form);
    form.submit();
  };

  // A name that is offered for a misspelling stands outside the form, where htmx sees no button.
  document.addEventListener("click", (event) => {
    const name = event.target.closest("button[name=pick]");
    const histology = name?.form?.elements["f:diagnosis.histology"];
    if (histology) histology.value = name.value;
  }, true);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-link],button[data-print],button[data-copy],button[data-copy-of]");
    if (!button) return;
    if (button.hasAttribute("data-copy") || button.hasAttribute("data-copy-of")) {
      const text = button.dataset.copy ?? document.querySelector(button.dataset.copyOf).textContent;
      const said = document.getElementById("kept");
      try { await navigator.clipboard.writeText(text); said.textContent = "Copied."; } catch { said.textContent = "This browser did not let it be copied."; }
      return;
    }
    if (button.hasAttribute("data-print")) { window.print(); return; }
    const link = `${location.origin}${root}/case#case=${encode(button.dataset.link)}`;
    const shown = document.getElementById("link");
    shown.hidden = false;
    const field = shown.querySelector("input");
    field.value = link;
    field.select();
    try { await navigator.clipboard.writeText(link); shown.querySelector("[role=status]").textContent = "Copied."; } catch { /* the field shows it */ }
  });

  // The answer is renewed by every field: at once by a choice, and when a field that is written in is left. Until then
  // it is dimmed. The arrow keys walk through a list of choices and each step counts as a change, so with the keyboard
  // a choice counts when the field is left.
  let keys = false;
  let changed = null;
  let later = false;
  const note = (form) => { if (form?.classList.contains("htmx-request")) later = true; };
  const renew = (field) => { changed = null; note(field.form); if (window.htmx && field.form) window.htmx.trigger(field.form, "answered"); };
  document.addEventListener("keydown", () => { keys = true; }, true);
  document.addEventListener("pointerdown", () => { keys = false; }, true);
  const waits = (field) => field.matches("textarea, [name=level], [name='say:method'], [name='p:name']")
    || (field.name === "say:text" && !field.form.elements["say:method"].value)
    || (field.name === "p:value" && !field.form.elements["p:name"].value)
    || (field.type === "file" && !field.form.elements.level.value && !field.value.match(/\.(ya?ml|json)$/i));
  const stale = () => document.getElementById("workspace")?.classList.add("stale");
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => { if (event.target.closest("#case")) stale(); });
  }
  document.addEventListener("change", (event) => {
    if (!event.target.closest("#case") || waits(event.target)) return;
    if (keys && event.target.matches("select")) changed = event.target; else renew(event.target);
  });
  document.addEventListener("focusout", (event) => { if (event.target === changed) renew(changed); });

  // A refresh, or the way back, brings what was entered: the browser keeps it with this entry of this tab alone, and
  // no longer asks whether to send the form again.
  const entered = () => {
    const form = document.getElementById("case");
    return form && Object.fromEntries(["case", "carried", "mark"].map((name) => [name, form.elements[name].value]));
  };
  const remember = () => {
    const now = entered();
    try { if (now) history.replaceState(now, ""); } catch { /* more than the browser keeps */ }
  };
  document.addEventListener("htmx:afterSwap", remember);
  document.addEventListener("DOMContentLoaded", () => {
    // The reader, and the keyboard, begin at the answer.
    document.querySelector("#answer h1")?.focus({ preventScroll: true });
    const before = history.state;
    if (!before?.case || before.case === entered()?.case) remember();
    else {
      window.htmx?.ajax("POST", `${root}/case`, { target: "#workspace", select: "#workspace", swap: "outerHTML", values: before });
    }
  });

  // What was unfolded in the form stays so when the page is renewed.
  const unfolded = new Set();
  const named = (part) => part.id || part.querySelector("summary").textContent.split("(")[0].trim();
  document.addEventListener("toggle", (event) => {
    const part = event.target;
    if (part.matches("#case details")) unfolded[part.open ? "add" : "delete"](named(part));
  }, true);

  // What came while an answer was under way is asked with it next: that answer is not shown, or it would be wiped out.
  // An error that brings no form does not replace the one that is there.
  let sent = false;
  document.addEventListener("submit", (event) => { note(event.target); if (event.target.id === "case") sent = true; }, true);
  document.addEventListener("htmx:beforeRequest", () => { later = false; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "workspace" || !document.getElementById("case")) return;
    if (later) { event.detail.shouldSwap = false; return; }
    const came = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    if (came.getElementById("case")) return;
    event.detail.shouldSwap = false;
    const words = [...came.querySelectorAll("#workspace :is(h1, .lead)")].map((part) => part.textContent.trim());
    tell(`${words.join(". ") || "The server gave no answer"}. What was entered is still here.`);
  });

  // What a renewed page says, for those who hear it; and the keyboard goes on at a test just added, or at the questions.
  document.addEventListener("htmx:afterSettle", () => {
    for (const part of document.querySelectorAll("#case details")) if (unfolded.has(named(part))) part.open = true;
    document.getElementById("told")?.remove();
    const said = document.querySelector("[data-status]");
    if (said) document.getElementById("said").textContent = said.textContent;
    const added = document.querySelector("details[data-new] :is(select, input:not([type=hidden]))");
    if (added) { added.focus(); return; }
    // After the button the reader is at the answer; after a field, at that field or the next question.
    if (sent) {
      sent = false;
      document.querySelector("#answer h1")?.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
    } else if (!document.activeElement || document.activeElement === document.body) {
      document.querySelector("#asked select, #asked input, #case button")?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("htmx:sendError", () => tell("The server does not answer. Nothing entered here is lost: try again."));

  // A file may be dropped anywhere on the page of a case.
  const field = () => document.querySelector("#more-files, #files");
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      const input = field();
      if (!input || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind !== "drop") return;
      input.files = event.dataTransfer.files;
      for (let part = input.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      const level = input.form.elements.level;
      if (level && !level.value) level.focus(); else input.focus();
      input.scrollIntoView({ block: "center" });
    });
  }
  document.addEventListener("change", (event) => {
    const input = event.target.name === "level" ? event.target.form.elements.files : null;
    if (input?.form.id === "case" && input.files.length && event.target.value) renew(event.target);
  });

  document.documentElement.classList.add("script");
  window.addEventListener("hashchange", open);
  open();
})();
