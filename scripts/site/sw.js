// Answers every page of the site from Python in this browser: the routes, tasks and templates of the server. What is
// sent to a page is never passed on; this worker asks its own host for the files of the site, and for nothing else.
import { loadPyodide } from "./python/pyodide.mjs";
import createPyodideModule from "./python/pyodide.asm.mjs";
import { BUILD, FILES, LATER, LOCK, SETTINGS } from "./build.js";

const ROOT = new URL(self.registration.scope).pathname.replace(/\/$/, "");
const CACHE = `ntrkpath ${ROOT} ${BUILD}`;
const network = self.fetch.bind(self);

// A file of the site: from this browser where it was here before, else from its host.
const file = async (name) => {
  const cache = await caches.open(CACHE);
  const address = `${ROOT}/${name}`;
  const found = await cache.match(address, { ignoreSearch: true });
  if (found) return found;
  const came = await network(address, { cache: "no-cache" });
  if (!came.ok) throw new Error(`${came.status} ${name}`);
  await cache.put(address, came.clone());
  return came;
};
const bytes = async (name) => new Uint8Array(await (await file(name)).arrayBuffer());

// What Python itself asks for by address. The core is packed by us, since not every host packs what it serves.
self.fetch = async (asked, options) => {
  const name = new URL(asked.url ?? asked, self.location.href).pathname.slice(ROOT.length + 1);
  if (name === "python/pyodide.asm.wasm") {
    const unpacked = (await file(`${name}.gz`)).body.pipeThrough(new DecompressionStream("gzip"));
    return new Response(unpacked, { headers: { "content-type": "application/wasm" } });
  }
  return name in FILES ? file(name) : network(asked, options);
};

const tell = async (message) => {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
};

const start = async () => {
  const all = Object.values(FILES).reduce((sum, size) => sum + size, 0);
  let here = 0;
  const brought = Promise.all(Object.entries(FILES).map(async ([name, size]) => {
    await file(name);
    here += size;
    tell({ here, all });
  }));
  const python = await loadPyodide({
    createPyodideModule, indexURL: new URL("./python/", self.location.href).href, lockFileContents: LOCK,
    packageBaseUrl: new URL("./python/", self.location.href).href,
  });
  python.unpackArchive(await bytes("python/core.zip"), "zip", { extractDir: "/site" });
  const pages = python.runPython(`
import sys
sys.path.insert(0, "/site")
from ntrkpath.server.browser import opened
opened
`)(JSON.stringify(SETTINGS), ROOT);
  await brought;
  return { python, pages };
};

let running = null;
let ready = false;
const started = () => {
  running ??= start().then((found) => { ready = true; tell({ ready }); return found; }, (error) => {
    running = null;
    tell({ failed: String(error.message ?? error).slice(0, 200) });
    throw error;
  });
  return running;
};

// A first case takes longer, since more is loaded for it: one is decided while the first page is read.
let warmed = false;
const warm = async (pages) => {
  if (warmed) return;
  warmed = true;
  const form = new URLSearchParams({ "f:diagnosis.histology": "infantile fibrosarcoma" }).toString();
  const headers = JSON.stringify({ "content-type": "application/x-www-form-urlencoded" });
  (await pages.told("POST", "/case", "", headers, new TextEncoder().encode(form))).destroy();
};

const answer = async (request, path, query) => {
  const { python, pages } = await started();
  const body = new Uint8Array(await request.arrayBuffer());
  const headers = JSON.stringify(Object.fromEntries(request.headers));
  for (;;) {
    const told = await pages.told(request.method, path, query, headers, body);
    const [needed, status, carried, content] = told.toJs();
    told.destroy();
    if (!needed.length) {
      if (!warmed) setTimeout(warm, 250, pages);
      return new Response(content, { status, headers: JSON.parse(carried) });
    }
    for (const name of needed) {
      python.unpackArchive(await bytes(LATER[name]), "zip", { extractDir: "/site" });
      pages.brought(name);
    }
  }
};

const loading = async () => {
  const text = await (await file("loading.html")).text();
  return new Response(text.replaceAll("=root=", ROOT), {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
};

const failed = (error) => new Response(`This page could not be made in this browser: ${error.message}`, {
  status: 500, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  if (asked.origin !== self.location.origin) return;
  const name = asked.pathname.slice(ROOT.length + 1);
  // The documentation stands beside the pages, as files.
  if (name === "docs" || name.startsWith("docs/")) return;
  if (name in FILES || name === "loader.js") { event.respondWith(file(name)); return; }
  // While Python starts, a page that is asked for is one that shows how far it is.
  if (!ready && request.mode === "navigate" && request.method === "GET") {
    started().catch(() => {});
    event.respondWith(loading());
    return;
  }
  const path = `/${name}`.replace(/(.)\/$/, "$1").replace(/^\/index\.html$/, "/");
  event.respondWith(answer(request, path, asked.search.slice(1)).catch(failed));
});

self.addEventListener("message", (event) => {
  if (event.data === "start") event.waitUntil(started().then(() => event.source?.postMessage({ ready: true }), () => {}));
});

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(Promise.all([...Object.keys(FILES), "loading.html", "loader.js"].map(file)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const mine = (name) => name.startsWith(`ntrkpath ${ROOT} `) && name !== CACHE;
    await Promise.all((await caches.keys()).filter(mine).map((name) => caches.delete(name)));
    await self.clients.claim();
    started().catch(() => {});
  })());
});
