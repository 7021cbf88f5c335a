// When the polls stop being answered the screen says since when, instead of looking alive.
"use strict";
(() => {
  let failing = false;
  const say = (now) => {
    if (now === failing) return;
    failing = now;
    for (const words of document.querySelectorAll("[data-as-of]")) {
      words.toggleAttribute("data-stale", now);
      if (now) { words.dataset.fresh = words.textContent; words.textContent = words.dataset.asOf; }
      else if (words.dataset.fresh) words.textContent = words.dataset.fresh;
    }
  };
  document.addEventListener("htmx:error", () => say(true));
  document.addEventListener("htmx:response:error", () => say(true));
  document.addEventListener("htmx:after:request", (event) => {
    if ((event.detail?.ctx?.response?.status ?? 500) < 400) say(false);
  });
})();
