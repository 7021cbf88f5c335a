// j and k walk the rows, Enter opens the one under the cursor, a takes it.
"use strict";
(() => {
  const links = () => [...document.querySelectorAll(".bench-list .row-link")];
  const current = () => document.activeElement?.closest?.(".bench-list > *");

  function move(step) {
    const all = links();
    const at = all.findIndex((link) => link.closest(".bench-list > *") === current());
    const next = all[Math.max(0, Math.min(all.length - 1, at === -1 ? (step > 0 ? 1 : 0) : at + step))];
    next?.focus({ preventScroll: true });
    next?.closest(".bench-list > *").scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector(".bench-list") || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (document.documentElement.dataset.keys === "off") return;
    const row = current() ?? document.querySelector(".bench-list > *");
    const acts = {
      j: () => move(1),
      k: () => move(-1),
      Enter: () => (row?.querySelector("[data-opens]") ?? row?.querySelector(".row-link"))?.click(),
      a: () => row?.querySelector("[data-assigns]")?.requestSubmit(),
    };
    // Enter on a button or a link does what that button or link says.
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
  });
})();
