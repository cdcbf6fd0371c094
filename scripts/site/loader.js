// Brings Python into this browser and opens the page that was asked for; says how far it is.
"use strict";
(async () => {
  const said = document.getElementById("said");
  const bar = document.getElementById("bar");
  const root = new URL(document.documentElement.dataset.base, location.href);
  const fail = (text) => { said.textContent = text; bar.hidden = true; };
  const workers = navigator.serviceWorker;
  if (!workers) { fail("This browser cannot run these pages: they need a service worker, over https or on this machine."); return; }
  workers.addEventListener("message", ({ data }) => {
    if (data.all) {
      bar.max = data.all;
      bar.value = data.here;
      said.textContent = `Loading: ${(data.here / 1e6).toFixed(1)} of ${(data.all / 1e6).toFixed(1)} MB, once; then it also works without a network.`;
      if (data.here === data.all) said.textContent = "Starting …";
    }
    if (data.failed) fail(`It could not be started: ${data.failed}`);
    if (data.ready && workers.controller) location.reload();
  });
  try {
    await workers.register(new URL("sw.js", root), { type: "module", scope: root.pathname });
    const registration = await workers.ready;
    if (!workers.controller) await new Promise((done) => { workers.addEventListener("controllerchange", done, { once: true }); });
    registration.active.postMessage("start");
  } catch (error) { fail(`It could not be started: ${error.message}`); }
})();
