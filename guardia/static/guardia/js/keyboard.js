// One key, one act: the keys stand in the markup (data-key), so that what is shown is what works.
// Loaded without defer: a key pressed while the page still arrives is kept, and done once the other scripts stand.
"use strict";
(() => {
  const kept = [];
  let ready = false;
  const typing = (where) => where.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  const visible = (element) => element.checkVisibility();
  // A choice has its keys until it is made; then they are free for what stands beside it.
  const chosen = (element) => element.matches("label") && element.closest("fieldset")?.querySelector(":checked");

  function press(key) {
    const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((e) => visible(e) && !chosen(e));
    if (!target) return false;
    if (target.matches("input, textarea, select, [data-focuses]")) { target.focus(); target.select?.(); }
    else target.click();
    if (target.dataset.then) document.querySelector(target.dataset.then)?.focus();
    return true;
  }

  function send(event) {
    const form = event.target.closest("form");
    const button = form?.querySelector("[data-sends]") ?? [...document.querySelectorAll("[data-sends]")].find(visible);
    if (button) { event.preventDefault(); button.click(); }
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(event);
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.key === "F2" && press("F2")) return event.preventDefault(); // what the words propose, while one writes them
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    if (!ready) { if (event.key.length === 1 && event.key !== " ") { kept.push(event.key); event.preventDefault(); } return; }
    if (press(event.key)) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", () => { ready = true; kept.forEach(press); });
})();
