// The strip of what is urgent now: what does not fit its height is a count, which opens by a press or by its key.
"use strict";
(() => {
  const strip = document.getElementById("now");
  const more = strip?.querySelector(".now-more");
  if (!more) return;
  const button = more.querySelector("button");
  const count = more.querySelector("[data-count]");
  const most = () => Number(getComputedStyle(strip).getPropertyValue("--now-lines"));

  // The first line of each part stands in any case: a call that rings hides no alarm, and no alarm a call.
  function fitting(lines, room) {
    const parts = new Set();
    const firsts = lines.filter((line) => {
      const part = line.closest("[data-part]");
      return !parts.has(part) && parts.add(part);
    });
    return new Set([...new Set([...firsts, ...lines])].slice(0, room));
  }

  function fold() {
    const lines = [...strip.querySelectorAll(".now-line")];
    const few = lines.length <= most();
    const seen = few ? new Set(lines) : fitting(lines, Math.max(1, most() - 1));
    for (const line of lines) line.toggleAttribute("data-folded", !seen.has(line));
    const folded = lines.filter((line) => !seen.has(line));
    const isLate = folded.some((line) => line.matches("[data-state=late], [data-kind=alarm], [data-kind=stopped]"));
    more.hidden = few;
    more.toggleAttribute("data-late", isLate);
    strip.toggleAttribute("data-room", lines.length < most());
    if (few) strip.removeAttribute("data-open");
    const words = String(folded.length);
    if (count.textContent !== words) count.textContent = words;
    button.setAttribute("aria-expanded", String(strip.hasAttribute("data-open")));
  }

  button.addEventListener("click", () => { strip.toggleAttribute("data-open"); fold(); });
  new MutationObserver(fold).observe(strip, { childList: true, subtree: true });
  addEventListener("resize", fold);
  fold();
})();
