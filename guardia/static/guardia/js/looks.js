// Theme and density change under the hand; the form that posts them stays for those without a script.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-look]");
  if (!button) return;
  event.preventDefault();
  const { look, value } = { look: button.name, value: button.value };
  document.cookie = `${look}=${value};path=/;max-age=31536000;samesite=lax`;
  document.documentElement.dataset[look] = value;
  for (const other of document.querySelectorAll(`button[data-look][name="${look}"]`)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
});
