// An act that did not reach the server, or that it could not do, says so; what was typed stays where it is.
"use strict";
(() => {
  function say(event) {
    const { ctx } = event.detail ?? {};
    const status = ctx?.response?.status ?? 0;
    if (ctx?.sourceElement?.matches("[hx-trigger*=every]") || (status && status < 500 && ![403, 404].includes(status))) return;
    const words = document.getElementById("not-sent")?.content.cloneNode(true);
    if (!words) return;
    const toasts = document.getElementById("toasts");
    toasts.append(words);
    toasts.dispatchEvent(new CustomEvent("toast:added", { bubbles: true }));
  }
  document.addEventListener("htmx:error", say);
  document.addEventListener("htmx:response:error", say);
})();
