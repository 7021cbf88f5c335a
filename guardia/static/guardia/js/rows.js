// j and k walk the rows, Enter opens the one under the cursor, a takes it, x files a mail away that is held back.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll(".bench-list > :has(.row-link)")];
  const current = () => document.activeElement?.closest?.(".bench-list > *");

  function move(step) {
    const all = rows();
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at === -1 ? Math.max(step, 0) : at + step))];
    next?.querySelector(".row-link").focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  function take(row, step = "") {
    const form = document.getElementById("take");
    if (!form || !row?.dataset.take || (step && !row.dataset.take.startsWith("correo-"))) return;
    form.elements.case.value = row.dataset.take;
    form.elements.step.value = step;
    form.requestSubmit();
  }

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector(".bench-list") || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    const row = current() ?? rows()[0];
    const acts = {
      j: () => move(1),
      k: () => move(-1),
      Enter: () => (row?.querySelector("[data-opens]") ?? row?.querySelector(".row-link"))?.click(),
      a: () => take(row),
      x: () => take(row, "apartar"),
    };
    // Enter on a button or a link does what that button or link says.
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
  });
})();
