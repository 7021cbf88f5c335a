// A1: who touches a key, the mouse or the screen is there. The next poll says so; a page that is merely open says nothing.
"use strict";
(() => {
  let touched = false;

  function touch(event) {
    if (!event.isTrusted) return;
    touched = true;
    // Somebody is asked for it just now: the answer is sent at once.
    const banners = document.getElementById("banners");
    if (banners?.querySelector("[data-asks]")) banners.dispatchEvent(new CustomEvent("every"));
  }

  for (const kind of ["keydown", "pointerdown", "wheel"]) document.addEventListener(kind, touch, { capture: true, passive: true });
  document.addEventListener("htmx:config:request", ({ detail }) => {
    if (!touched) return;
    detail.ctx.request.headers["Guardia-Person"] = "1";
    touched = false;
  });
})();
