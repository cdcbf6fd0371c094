// Answers every page of the site from Python in this browser: the routes, tasks and templates of the server. What is
// sent to a page is never passed on; this worker asks its own host for the files of the site, and for nothing else.
import { loadPyodide } from "./python/pyodide.mjs";
import createPyodideModule from "./python/pyodide.asm.mjs";
import { BUILD, FILES, LATER, LIBRARY, LOCK, SETTINGS } from "./build.js";

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
// We pack and unpack, since not every host packs what it serves; some tell of ".gz" that a browser is to unpack it.
const unpacked = async (name) => (await file(`${name}.gzip`)).body.pipeThrough(new DecompressionStream("gzip"));

// The files of a bundle (a tar archive) by path.
const bundle = async (name) => {
  const archive = new Uint8Array(await new Response(await unpacked(name)).arrayBuffer());
  const text = (from, length) => new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*/s, "");
  const files = new Map();
  for (let at = 0; archive[at]; ) {
    const size = parseInt(text(at + 124, 12), 8);
    const path = [text(at + 345, 155), text(at, 100)].filter(Boolean).join("/");
    files.set(`/site/${path}`, archive.subarray(at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
};
const lay = (python, files) => {
  for (const folder of new Set([...files.keys()].map((path) => path.slice(0, path.lastIndexOf("/"))))) {
    python.FS.mkdirTree(folder);
  }
  for (const [path, content] of files) python.FS.writeFile(path, content, { canOwn: true });
};

// What Python itself asks for by address: its core, its standard library, and the one compiled library.
let core = null;
self.fetch = async (asked, options) => {
  const name = new URL(asked.url ?? asked, self.location.href).pathname.slice(ROOT.length + 1);
  if (`${name}.gzip` in FILES) {
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(await unpacked(name), { headers: { "content-type": type } });
  }
  if (name.endsWith(LIBRARY)) return new Response((await core).get(LIBRARY));
  return name in FILES ? file(name) : network(asked, options);
};

const tell = async (message) => {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
};

// Python with the pages loaded and made-up cases decided, as it stood in memory: kept in this browser, so that a later
// start need neither import nor compile.
const MEMORY = `${ROOT}/python/memory`;
const remembered = async () => (await caches.open(CACHE)).match(MEMORY);
const begin = async (memory) => {
  const files = await core;
  const python = await loadPyodide({
    indexURL: new URL("./python/", self.location.href).href, lockFileContents: LOCK,
    packageBaseUrl: new URL("./python/", self.location.href).href,
    ...(memory ? { _loadSnapshot: memory } : { _makeSnapshot: true }),
    createPyodideModule: async (settings) => {
      // Linked before Python begins, so that it lies where the memory has it.
      const made = await createPyodideModule(Object.assign(settings, { dynamicLibraries: [LIBRARY] }));
      if (memory && made.HEAP8.length < memory.length) made._emscripten_resize_heap(memory.length);
      return made;
    },
  });
  lay(python, files);
  const pages = python.runPython(`
import sys
if "/site" not in sys.path: sys.path.insert(0, "/site")
from ntrkpath.server.browser import opened
opened
`)(JSON.stringify(SETTINGS), ROOT);
  return { python, pages, kept: Boolean(memory) };
};

const start = async () => {
  const all = Object.values(FILES).reduce((sum, size) => sum + size, 0);
  let here = 0;
  core = bundle("python/core.tar");
  const brought = Promise.all(Object.entries(FILES).map(async ([name, size]) => {
    await file(name);
    here += size;
    tell({ here, all });
  }));
  const kept = await remembered();
  const memory = kept && new Uint8Array(await kept.arrayBuffer());
  const found = await begin(memory).catch(async (error) => {
    if (!memory) throw error;
    await (await caches.open(CACHE)).delete(MEMORY);
    return begin(null);
  });
  core = null;
  await brought;
  return found;
};

let running = null;
let ready = false;
const started = () => {
  running ??= start().then((found) => { ready = true; tell({ ready, kept: found.kept }); return found; }, (error) => {
    running = null;
    tell({ failed: String(error.message ?? error).slice(0, 200) });
    throw error;
  });
  return running;
};

// One request is answered after the other: what one of them lacks is not what another lacks.
let turn = Promise.resolve();
const inTurn = (work) => {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
};

// The memory is taken after a first page, and before anything that a reader enters is answered: that is never in it.
let keeping = null;
const keep = () => {
  keeping ??= inTurn(async () => {
    const { python, pages, kept } = await started();
    if (kept) return;
    await pages.warm();
    await (await caches.open(CACHE)).put(MEMORY, new Response(python.makeMemorySnapshot()));
  }).catch(() => {});
  return keeping;
};

// How far a task is: the page that sent it, and no other, shows that and may stop it.
let asker = "";
let stopped = false;
const heard = (far, stoppable) => {
  self.clients.get(asker).then((client) => client?.postMessage({ far, stoppable }));
  return stopped;
};

// The answer to one request: what it needs is brought, and it is asked again. None where it needs what is not wanted.
const told = (client, method, path, query, headers, body, unwanted = []) => inTurn(async () => {
  const { python, pages } = await started();
  asker = client;
  stopped = false;
  for (;;) {
    const found = await pages.told(method, path, query, headers, body, heard);
    const [needed, status, carried, content] = found.toJs();
    found.destroy();
    if (!needed.length) return new Response(content, { status, headers: JSON.parse(carried) });
    if (needed.some((name) => unwanted.includes(name))) return null;
    for (const name of needed) {
      heard("Loading more of these pages, once …", false);
      lay(python, await bundle(LATER[name]));
      pages.brought(name);
    }
  }
});

// A page that is asked for the first time loads more: each is made once, while nothing is asked. The transcripts, the
// largest bundle, come only when they are needed.
let waiting = null;
let further = null;
const next = async () => {
  further ??= (await started()).pages.further().toJs();
  if (!further.length) return;
  await told("", "GET", further.shift(), "", "{}", new Uint8Array(), ["transcripts"]).catch(() => {});
  waiting = setTimeout(next, 200);
};
const rest = () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    await keep();
    waiting = setTimeout(next, 1500);
  }, 300);
};

const answer = async (client, request, path, query) => {
  clearTimeout(waiting);
  if (request.method !== "GET" || query) await keep();
  const headers = JSON.stringify(Object.fromEntries(request.headers));
  const found = await told(client, request.method, path, query, headers, new Uint8Array(await request.arrayBuffer()));
  rest();
  return found;
};

// While Python comes and is made ready, a page that is asked for is one that shows how far it is.
const opened = async (client, request, path, query) => {
  if (ready || await remembered()) return answer(client, request, path, query);
  started().catch(() => {});
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
  const path = `/${name}`.replace(/(.)\/$/, "$1").replace(/^\/index\.html$/, "/");
  const page = request.mode === "navigate" && request.method === "GET" ? opened : answer;
  // Where a form opens another page, the client is the page that sent it.
  event.respondWith(page(event.clientId, request, path, asked.search.slice(1)).catch(failed));
});

self.addEventListener("message", (event) => {
  if (event.data === "stop" && event.source?.id === asker) stopped = true;
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
