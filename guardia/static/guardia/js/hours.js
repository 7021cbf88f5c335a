// Shows beside a field of an hour what the server understands while one types; without this script it is read when sent.
"use strict";
(() => {
  const PAUSE = 250; // milliseconds after the last key
  const timers = new WeakMap();
  const asked = new WeakMap();

  function words(input) {
    const beside = input.parentElement.querySelector(`output[for="${input.id}"]`);
    if (beside) return beside;
    const output = document.createElement("output");
    output.className = "hour-words";
    output.id = `${input.id}_words`;
    output.setAttribute("for", input.id);
    input.after(output);
    input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), output.id].filter(Boolean).join(" "));
    return output;
  }

  async function ask(input) {
    const text = input.value.trim();
    const number = (asked.get(input) ?? 0) + 1;
    asked.set(input, number);
    if (!text) { words(input).replaceChildren(); return; }
    const { hour: modo, zone: zona = "", hourFrom = "" } = input.dataset;
    const desde = (hourFrom && document.getElementById(hourFrom)?.value.trim()) || "";
    const query = new URLSearchParams({ texto: text, modo, zona, desde, idioma: document.documentElement.lang });
    try {
      const answer = await (await fetch(`/hora?${query}`)).json();
      if (asked.get(input) !== number) return; // a later key has asked again
      const output = words(input);
      output.textContent = answer.words;
      output.toggleAttribute("data-refused", !answer.understood);
    } catch { if (asked.get(input) === number) words(input).replaceChildren(); } // it is read when it is sent
  }

  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("input[data-hour]")) return;
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(() => ask(target), PAUSE));
  });
  document.addEventListener("change", ({ target }) => { if (target.matches?.("input[data-hour]")) ask(target); });
})();
