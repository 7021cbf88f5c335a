// An act shows that it is under way; one that did not reach the server, or that it could not do, says so, and what was
// typed stays where it is.
"use strict";
(() => {
  const LONGEST = 20_000; // milliseconds: an answer that is a file leaves the page, and its button, where they are

  function say(event) {
    const { ctx } = event.detail ?? {};
    const status = ctx?.response?.status ?? 0;
    if (ctx?.sourceElement?.matches("[hx-trigger*=every]") || (status && status < 500 && ![403, 404].includes(status))) return;
    const inUse = ctx?.response?.headers?.get?.("X-Guardia-Trouble") === "in-use";
    const words = document.getElementById(inUse ? "in-use" : "not-sent")?.content.cloneNode(true);
    if (!words) return;
    const toasts = document.getElementById("toasts");
    toasts.append(words);
    toasts.dispatchEvent(new CustomEvent("toast:added", { bubbles: true }));
  }
  document.addEventListener("htmx:error", say);
  document.addEventListener("htmx:response:error", say);

  // Only the button whose own request is under way: a poll presses none.
  function pressed({ sourceElement, request }) {
    return request?.submitter ?? (sourceElement?.matches?.("button, a") ? sourceElement : null);
  }
  document.addEventListener("htmx:before:request", ({ detail }) => { pressed(detail.ctx)?.setAttribute("data-pressed", ""); });
  document.addEventListener("htmx:finally:request", ({ detail }) => { pressed(detail.ctx)?.removeAttribute("data-pressed"); });

  // Without htmx the next page is the answer. On the window, so that whoever sends a form otherwise has said so before.
  window.addEventListener("submit", (event) => {
    const { submitter: button, target: form } = event;
    if (event.defaultPrevented || !button || (button.getAttribute("formtarget") ?? form.target)) return;
    button.setAttribute("data-pressed", "");
    setTimeout(() => button.removeAttribute("data-pressed"), LONGEST);
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-pressed]")) button.removeAttribute("data-pressed");
  });
})();
