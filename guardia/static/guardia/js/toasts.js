// A message says its piece and goes; one that offers an undo stays as long as the undo holds.
"use strict";
(() => {
  function send(toast) {
    if (toast.dataset.timed) return;
    toast.dataset.timed = "yes";
    const leave = () => { toast.classList.add("leaving"); setTimeout(() => toast.remove(), 300); };
    let timer = setTimeout(leave, Number(toast.dataset.seconds || 6) * 1000);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(leave, 4000); });
  }
  // Two at most: the newest say enough.
  const sendAll = () => {
    const all = [...document.querySelectorAll(".toast")];
    all.slice(0, -2).forEach((toast) => toast.remove());
    all.slice(-2).forEach(send);
  };
  document.addEventListener("htmx:after:swap", sendAll);
  document.addEventListener("toast:added", sendAll);
  sendAll();
})();
