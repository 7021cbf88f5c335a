// Narrows a long list to what is typed; without a script the list is simply long.
"use strict";
(() => {
  const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  document.addEventListener("input", (event) => {
    const selector = event.target.dataset?.filters;
    if (!selector) return;
    const asked = plain(event.target.value).split(/\s+/).filter(Boolean);
    for (const option of document.querySelectorAll(selector)) {
      const text = plain(option.textContent);
      option.hidden = !option.querySelector(":checked") && !asked.every((word) => text.includes(word));
    }
  });
})();
