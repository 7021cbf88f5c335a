// A button that prints the page; without a script the browser's own command does.
"use strict";
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
