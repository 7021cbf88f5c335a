// A placeholder's button puts it where somebody was writing last. Without this script the server puts it at the end.
"use strict";
(() => {
  const form = document.getElementById("wording");
  if (!form) return;
  let field = form.elements.body ?? form.querySelector("textarea");
  form.addEventListener("focusin", ({ target }) => {
    if (["subject", "headline", "body"].includes(target.name) || target.name?.startsWith("text_")) field = target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-placeholder]");
    if (!button) return;
    event.preventDefault();
    field.setRangeText(`{${button.dataset.placeholder}}`, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
