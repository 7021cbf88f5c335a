// While it rings: the keys of the card under the cursor, the sign in the title, and the way to one's own call.
"use strict";
(() => {
  const KEPT = 30;
  const ANSWERS_WITHIN = 10_000; // milliseconds in which a form that was sent brings its page
  const title = document.title;
  let seenHidden = "";
  let sentAt = -Infinity;
  let rang = new Set();
  let here = document.querySelector("[data-shown]")?.dataset.shown ?? "";

  // --- what has the focus stands below the cards, however many there are ---
  const sizes = new ResizeObserver(makeRoom);
  let measured = null;

  function makeRoom() {
    const cards = document.getElementById("ringing");
    if (!cards) return;
    document.documentElement.style.setProperty("--ringing-height", `${cards.offsetHeight}px`);
    // One more call rings over the field in which somebody writes: it comes out from below.
    const field = document.activeElement?.closest("main :is(input, textarea, select)")?.getBoundingClientRect();
    const covered = field && field.bottom > 0 && field.top < cards.getBoundingClientRect().bottom;
    if (covered && !cards.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
    if (cards === measured) return;
    sizes.disconnect();
    sizes.observe(cards);
    measured = cards;
  }

  // --- keys: c leads to the newest call (keyboard.js); here r, n and 0 to 9 act on the one that one has turned to ---
  // On the bench r and n act on the first call without turning to it, as it shows.
  const isWriting = (where) => where.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  function cardOf(event) {
    const turnedTo = document.activeElement?.closest?.("[data-card]");
    if (turnedTo || !/^[rn]$/.test(event.key) || isWriting(event.target) || document.querySelector("dialog[open]")) return turnedTo;
    return document.querySelector("[data-card][data-has-keys]");
  }

  document.addEventListener("keydown", (event) => {
    const card = cardOf(event);
    if (!card || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    const onIt = document.activeElement === card;
    if (event.key === "Escape") { card.blur(); return; }
    const act = event.key === "Enter"
      ? onIt && card.querySelector("[data-card-enter]")
      : /^[rn0-9]$/.test(event.key) && card.querySelector(`[data-card-key="${event.key}"]`);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act.click();
  }, true);

  // --- the title says that it rings, also in a tab that nobody looks at ---
  function sign() {
    const waiting = document.getElementById("ringing")?.dataset.waiting;
    const words = waiting ? `\u260e ${title}` : title;
    if (document.title !== words) document.title = words;
  }

  // --- a screen reader hears of each call once; its seconds are nobody's news ---
  function tell() {
    const cards = [...document.querySelectorAll("[data-card]")];
    const fresh = cards.find((card) => !rang.has(card.id));
    rang = new Set(cards.map((card) => card.id));
    const news = document.getElementById("clock-news");
    if (!fresh) return;
    const words = `\u260e ${fresh.querySelector(".ringing-who").innerText.replace(/\s+/g, " ").trim()}`;
    if (news) news.textContent = words;
    document.dispatchEvent(new CustomEvent("call:rings", { detail: { card: fresh, words } }));
  }

  // --- the call of this page was answered meanwhile: what stands beside the form counts from another hour now ---
  function refresh(key) {
    if (key && !here) document.getElementById("service-options")?.dispatchEvent(new Event("change", { bubbles: true }));
    here = key;
  }

  // --- answered: the page goes to the call, once in this browser, and never over something that is being written ---
  function shown() {
    try { return JSON.parse(localStorage.getItem("calls-shown") ?? "[]"); } catch { return null; }
  }

  function keep(id) {
    const known = shown();
    if (!known || known.includes(id)) return;
    try { localStorage.setItem("calls-shown", JSON.stringify([...known, id].slice(-KEPT))); } catch { /* the banner stays */ }
  }

  const differs = (field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  };

  function writing() {
    if (document.querySelector("dialog[open]")) return true;
    const fields = document.querySelectorAll("form:not([role=search]) :is(input:not([type=hidden], [type=submit]), textarea, select)");
    return [...fields].some(differs);
  }

  function lead() {
    makeRoom();
    sign();
    tell();
    const shownHere = document.querySelector("[data-shown]")?.dataset.shown ?? "";
    refresh(shownHere);
    if (shownHere) keep(shownHere);
    const mine = document.querySelector("[data-leads]");
    const known = shown();
    if (!mine || !known || known.includes(mine.dataset.leads)) return;
    const id = mine.dataset.leads;
    // A form is under way, perhaps the one that answers this call: its own page comes next.
    const answers = sentAt + ANSWERS_WITHIN - performance.now();
    if (answers > 0) { setTimeout(lead, answers); return; }
    // A tab in the background leaves the call to the one that is looked at, if there is one.
    if (document.visibilityState === "hidden" && seenHidden !== id) { seenHidden = id; setTimeout(lead, 1500); return; }
    keep(id);
    if (!writing()) location.assign(mine.querySelector("a").href);
  }

  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sentAt = performance.now(); });
  addEventListener("pageshow", () => { sentAt = -Infinity; });
  document.addEventListener("htmx:after:swap", lead);
  lead();
})();
