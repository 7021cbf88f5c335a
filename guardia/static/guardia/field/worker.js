// The service worker of /campo: keeps the page and its parts, so that the browser opens it without signal, and sends
// what waits when the browser says that the signal is back. The lines above name the version and what is kept, and hold the store and the sender.
"use strict";
const SHELL = `campo-shell-${VERSION}`;
const PAGES = "campo-pages";
const ONE_BAR_OF_SIGNAL = 4000; // ms; then the page as it was kept is better than a white screen

self.addEventListener("install", (event) => {
  const fresh = KEPT.map((name) => new Request(name, { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("campo-shell-") && name !== SHELL) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const isPage = /^\/campo(\/v\/[^/]+)?$/.test(address.pathname);
  if (isPage && (request.mode === "navigate" || request.headers.has("X-Campo-Page"))) event.respondWith(page(event));
  else if (/^\/(static\/guardia|campo\/partes)\//.test(address.pathname)) event.respondWith(part(request));
});

// The network first, but not for ever; the kept one where there is none or where the server is in trouble.
async function page(event) {
  const { request } = event;
  const cache = await caches.open(PAGES);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  const network = fetch(request).then(async (answer) => {
    // It says the hour of the server to the second, in the middle of which it was read, at the best guess.
    const said = Date.parse(answer.headers.get("Date") || "");
    if (said) await CampoStore.guessOffset(said + 500 - Date.now());
    if (answer.status === 200 && answer.type === "basic") await keep(cache, request.url, answer.clone());
    if (answer.status === 404 || answer.status === 410) await cache.delete(request, { ignoreSearch: true });
    if (answer.status >= 500 && kept) throw new Error("trouble of the server");
    return answer;
  });
  event.waitUntil(network.catch(() => {}));  // the page may be closed before it is kept
  if (!kept) return network;
  const late = new Promise((resolve) => { setTimeout(resolve, ONE_BAR_OF_SIGNAL, kept.clone()); });
  return Promise.race([network.catch(() => kept), late]);
}

// Only a page that has arrived whole takes the place of the one before: the road may break off in the middle.
async function keep(cache, address, answer) {
  const body = await answer.blob();
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  if (body.size) await cache.put(address, new Response(body, { status: 200, headers }));
}

async function part(request) {
  const cache = await caches.open(SHELL);
  const exact = await cache.match(request, { ignoreSearch: true });
  if (exact) return exact;
  try {
    return await fetch(request);
  } catch (trouble) {
    // A page kept by the version before asks for its own parts: those of this one serve it until it is loaded anew.
    const kind = request.url.split(".").at(-1);
    const other = KEPT.find((name) => name.startsWith("/campo/partes/") && name.endsWith(`.${kind}`));
    const found = other && (await cache.match(other));
    if (found) return found;
    throw trouble;
  }
}

self.addEventListener("sync", (event) => {
  if (event.tag === "campo") event.waitUntil(CampoSender.send().then((why) => { if (why === "no_signal") throw new Error(why); }));
});
