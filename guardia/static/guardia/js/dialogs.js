// Opens the dialog a button names (help on the keys); menus close when one looks elsewhere.
"use strict";
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  for (const menu of document.querySelectorAll("details:is(.menu, .desk-menu)[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details:is(.menu, .desk-menu)[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
