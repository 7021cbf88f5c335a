// Around the steps: what the page says of itself, that it is kept for later, and the place, if the crew says so.
"use strict";
var CampoAround = (() => {
  if (!CampoVisit) return null;
  const { words, main, hour, filled } = CampoVisit;
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  function notice(sentence, reloads = false) {
    const box = find("[data-notice]");
    box.hidden = !sentence;
    box.querySelector("p").textContent = sentence;
    box.querySelector("[data-reload]").hidden = !reloads;
  }

  // --- the page without signal ---
  function keptWords() {
    const line = find("[data-kept-words]");
    if (!line || !root.dataset.kept) return;
    line.hidden = false;
    line.textContent = filled(words.kept, { hour: hour(Number(root.dataset.shown) * 1000) });
  }

  async function keep() {
    if (!window.isSecureContext) return notice(words.no_https);
    if (!navigator.serviceWorker) return notice(words.no_worker);
    try {
      const before = navigator.serviceWorker.controller;
      navigator.serviceWorker.addEventListener("controllerchange", () => { if (before) notice(words.newer, true); });
      await navigator.serviceWorker.register(main.dataset.worker, { scope: "/campo" });
      await navigator.serviceWorker.ready;
      const pages = await caches.open("campo-pages");
      if (!before && navigator.onLine) await pages.add(new Request(location.href, { cache: "reload", redirect: "error" }));
      if (await pages.match(location.href, { ignoreSearch: true })) root.dataset.kept = "yes";
      keptWords();
    } catch {
      notice(navigator.onLine ? words.no_worker : "");
    }
  }

  // The page of a link that was opened days ago names people and their documents: it goes, this one excepted.
  async function forget() {
    const pages = await self.caches?.open("campo-pages");
    for (const request of (await pages?.keys()) || []) {
      const kept = await pages.match(request);
      const days = (Date.now() - Date.parse(kept?.headers.get("Date") || "")) / 86400e3;
      if (new URL(request.url).pathname !== location.pathname && !(days < 2)) await pages.delete(request);
    }
  }

  // Whoever signs out leaves no page behind for the next one; what waits stays, and is sent by nobody else.
  document.addEventListener("submit", ({ target }) => { if (target.matches("[data-sign-out]")) self.caches?.delete("campo-pages"); });

  // --- the place, if the crew says so ---
  let watched = 0;
  let last = "";
  function follow() {
    if (localStorage.getItem("campo-place") !== "1" || !navigator.geolocation || watched) return;
    watched = navigator.geolocation.watchPosition(({ coords: c }) => {
      last = `${c.latitude.toFixed(5)}, ${c.longitude.toFixed(5)} ±${Math.round(c.accuracy)} m`;
      setTimeout((old) => { if (last === old) last = ""; }, 300e3, last);
    }, () => { last = ""; }, { enableHighAccuracy: true, maximumAge: 60e3 });
  }
  document.addEventListener("change", ({ target }) => {
    if (target.dataset.withPlace === undefined) return;
    localStorage.setItem("campo-place", target.checked ? "1" : "0");
    if (!target.checked && watched) { navigator.geolocation.clearWatch(watched); watched = 0; last = ""; }
    follow();
  });

  return { notice, keep, keptWords, forget, follow, place: () => last };
})();
