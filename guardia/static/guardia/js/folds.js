// A link to an event inside a fold opens the fold; and what somebody opened stays open when a run is cut elsewhere.
"use strict";
(() => {
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let closed = false;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      if (!fold.open) { closed = true; fold.open = true; }
    }
    if (closed) target.scrollIntoView({ block: "center" });
  };
  document.addEventListener("DOMContentLoaded", reveal);
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href*='#']");
    if (link && link.hash && link.hash === location.hash) setTimeout(reveal);
  });

  let open = new Set();
  const folds = () => [...document.querySelectorAll("details.log-fold")];
  document.addEventListener("htmx:before:swap", () => {
    open = new Set(folds().filter((fold) => fold.open).flatMap((fold) => [...fold.querySelectorAll("[id]")].map((line) => line.id)));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const fold of folds()) {
      if (!fold.open && [...fold.querySelectorAll("[id]")].some((line) => open.has(line.id))) fold.open = true;
    }
  });
})();
