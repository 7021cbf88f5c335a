// A crew is chosen by its key; Enter then opens the form of the case under the cursor with that crew in it.
"use strict";
(() => {
  let chosen = null; // the crew's id; kept here, so that a poll does not lose it
  const board = () => document.querySelector(".dispatch");
  const row = () => document.activeElement?.closest?.(".visit-row") ?? document.querySelector(".visit-row");

  function show() {
    const said = document.getElementById("dispatch-chosen");
    let name = "";
    for (const button of document.querySelectorAll("[data-crew]")) {
      const is = button.dataset.crew === chosen;
      button.setAttribute("aria-pressed", String(is));
      button.closest(".crew").classList.toggle("chosen", is);
      if (is) name = button.closest(".crew").querySelector(".crew-name").textContent;
    }
    if (!name) chosen = null;
    const at = row();
    for (const each of document.querySelectorAll(".visit-row")) each.classList.toggle("for-crew", Boolean(name) && each === at);
    if (!said) return;
    said.hidden = !name || !at;
    const words = name && at ? said.dataset.says.replace("{crew}", name).replace("{case}", at.dataset.label) : "";
    if (said.textContent !== words) said.textContent = words;
  }

  function choose(id) { chosen = chosen === id ? null : id; show(); }

  function open() {
    const address = row()?.dataset.assign;
    if (address) location.assign(`${address}?crew=${encodeURIComponent(chosen)}`);
  }

  document.addEventListener("keydown", (event) => {
    if (!board() || document.querySelector("dialog[open]") || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (event.key === "Escape" && chosen) { chosen = null; return show(); }
    if (document.documentElement.dataset.shortcuts === "off") return;
    const cursor = !event.target.closest("a, button, summary") || event.target.matches(".row-link, [data-crew]");
    if (event.key === "Enter" && chosen && cursor) { event.preventDefault(); event.stopImmediatePropagation(); return open(); }
    const button = document.querySelector(`[data-crew-key="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); event.stopImmediatePropagation(); choose(button.dataset.crew); }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-crew]");
    if (button) choose(button.dataset.crew);
    else if (chosen && event.target.closest?.(".visit-row .assign")) { event.preventDefault(); event.target.closest(".visit-row").querySelector(".row-link").focus(); open(); }
  });
  document.addEventListener("focusin", () => { if (chosen) show(); });
  document.addEventListener("htmx:after:swap", () => { if (board()) show(); });
})();
