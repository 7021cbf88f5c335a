// j and k walk the rows, Enter opens the one under the cursor, a takes it, x selects it (or files a held-back mail away).
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll(".bench-list > :has(.row-link)")];
  const current = () => document.activeElement?.closest?.(".bench-list > *");
  const boxes = () => [...document.querySelectorAll(".bench-list .pick")];
  // What is selected, by number: it outlives the polls, and goes when its row goes.
  let selected = new Set();
  let last = "";

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

  // --- selecting ---
  function show() {
    const all = boxes();
    for (const box of all) box.checked = selected.has(box.value);
    selected = new Set(all.filter((box) => box.checked).map((box) => box.value));
    const every = document.querySelector("[data-pick-all]");
    if (every) {
      every.checked = all.length > 0 && selected.size === all.length;
      every.indeterminate = selected.size > 0 && !every.checked;
    }
    const count = document.querySelector("#bulk-count [data-count]");
    if (count && count.textContent !== String(selected.size)) count.textContent = selected.size;
  }

  function pick(box, on, range = false) {
    const all = boxes();
    const [from, to] = [all.findIndex((each) => each.value === last), all.indexOf(box)];
    const some = range && from !== -1 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
    for (const each of some) selected[on ? "add" : "delete"](each.value);
    last = box.value;
    show();
  }

  function pickAll(on) {
    selected = new Set(on ? boxes().map((box) => box.value) : []);
    show();
  }

  const select = (row) => {
    const box = row?.querySelector(".pick");
    if (box) pick(box, !selected.has(box.value));
    else take(row, "apartar");
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches?.(".pick")) pick(target, target.checked, event.shiftKey);
    else if (target.matches?.("[data-pick-all]")) pickAll(target.checked);
    else if (target.closest?.("[data-pick-none]")) { pickAll(false); move(0); }
  });
  document.addEventListener("htmx:after:swap", show);
  // Whoever comes back by the browser's arrow finds boxes that it has filled in by itself.
  addEventListener("pageshow", () => { selected = new Set(boxes().filter((b) => b.checked).map((b) => b.value)); show(); });

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector(".bench-list") || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    const row = current() ?? rows()[0];
    const acts = {
      j: () => move(1),
      k: () => move(-1),
      Enter: () => (row?.querySelector("[data-opens]") ?? row?.querySelector(".row-link"))?.click(),
      a: () => take(row),
      x: () => select(row),
    };
    // Enter on a button or a link does what that button or link says.
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
  });
})();
