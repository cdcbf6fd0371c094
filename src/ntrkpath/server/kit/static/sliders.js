// Sets a slider beside every number field that asks for one; the field works without it.
"use strict";
(() => {
  const add = (field) => {
    if (field.dataset.slid) return;
    field.dataset.slid = "yes";
    const least = Number(field.min || 0), most = Number(field.max || 100);
    // A share is often far below 1 %: its slider runs on the square of its place, so that small ones can be set.
    const curved = field.dataset.slider === "share";
    const place = (value) => 1000 * (curved ? Math.sqrt((value - least) / (most - least)) : (value - least) / (most - least));
    const value = (at) => least + (most - least) * (curved ? (at / 1000) ** 2 : at / 1000);
    const slider = document.createElement("input");
    slider.type = "range"; slider.min = 0; slider.max = 1000; slider.step = 1;
    slider.setAttribute("aria-label", field.labels[0] ? `${field.labels[0].textContent} slider` : "slider");
    slider.value = place(Number(field.value));
    slider.addEventListener("input", (event) => {
      event.stopPropagation();
      const found = value(Number(slider.value));
      field.value = Number(found.toPrecision(found < 1 ? 2 : 3));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    field.addEventListener("input", (event) => { if (event.isTrusted) slider.value = place(Number(field.value)); });
    field.after(slider);
  };
  const all = () => document.querySelectorAll("input[type=number][data-slider]").forEach(add);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
})();
