// Ctrl K: the palette. The server finds; here one moves among what it found, and opens it.
"use strict";
(() => {
  const dialog = document.getElementById("palette");
  const words = document.getElementById("palette-words");
  if (!dialog || !words) return;
  const options = () => [...dialog.querySelectorAll("[role=option]")];
  const chosen = () => dialog.querySelector("[aria-selected=true]");
  const typed = () => words.value.trim().slice(0, 100);
  const answered = () => document.getElementById("palette-found").dataset.words === typed();
  let openWhenAnswered = false; // Enter came before the server had found anything for these words

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    words.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  function open() {
    if (document.querySelector("dialog[open]")) return;
    document.getElementById("palette-case").value = location.pathname.match(/^\/casos\/(\d+)\//)?.[1] ?? "";
    words.value = "";
    openWhenAnswered = false;
    dialog.showModal();
    words.focus();
    words.dispatchEvent(new CustomEvent("palette:open"));
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close(); else open();
    }
  });
  words.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Enter" && !answered()) openWhenAnswered = true;
    else if (event.key === "Enter" && chosen()) chosen().click();
    else if (event.key === "Escape") dialog.close();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("htmx:after:swap", (event) => {
    if (!dialog.open || event.detail.ctx.sourceElement !== words) return; // a poll of the page behind is no answer
    choose(options()[0]);
    if (openWhenAnswered && answered() && chosen()) chosen().click();
  });
})();
