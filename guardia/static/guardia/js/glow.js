// What changed under your eyes glows once: an element with data-version that comes back with another one.
"use strict";
(() => {
  let before = new Map();
  const versions = () => new Map([...document.querySelectorAll("[data-version][id]")].map((e) => [e.id, e.dataset.version]));

  document.addEventListener("htmx:before:swap", () => { before = versions(); });
  document.addEventListener("htmx:after:swap", () => {
    if (!before.size) return;
    for (const [id, version] of versions()) {
      if (before.get(id) === version) continue;
      const element = document.getElementById(id);
      element.classList.remove("changed");
      void element.offsetWidth; // lets the animation start again
      element.classList.add("changed");
      setTimeout(() => element.classList.remove("changed"), 2000);
    }
  });
})();
