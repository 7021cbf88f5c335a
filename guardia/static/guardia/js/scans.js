// The files that were chosen or photographed are named, and the place where they are dropped shows that it takes them.
"use strict";
(() => {
  const files = 'input[type="file"]';

  document.addEventListener("change", (event) => {
    if (!event.target.matches(files)) return;
    const form = event.target.form;
    const list = form.querySelector("[data-chosen]");
    const chosen = [...form.querySelectorAll(files)].flatMap((input) => [...input.files]);
    list?.replaceChildren(...chosen.map((file) => {
      const item = document.createElement("li");
      item.textContent = file.name;
      return item;
    }));
  });

  const over = (on) => (event) => {
    const drop = event.target.closest?.(".drop");
    if (drop) drop.toggleAttribute("data-over", on);
  };
  document.addEventListener("dragover", over(true));
  document.addEventListener("dragleave", over(false));
  document.addEventListener("drop", over(false));
})();
