// A call rings and nobody looks at this window: the browser says so, and with a sound where somebody wanted one.
// How it is told is chosen once, by a button on the bench, and changed in the menu; it stays in this browser.
"use strict";
(() => {
  const CHOICE = "ring-alert"; // "notify", "sound" or "off"; nothing until somebody has chosen
  const ALERTED = "ring-alerted";
  const REMEMBERED = 30;
  const SECONDS_OF_A_TONE = 0.18;
  let audio = null;

  function read(key) { try { return localStorage.getItem(key); } catch { return "off"; } }
  function write(key, value) { try { localStorage.setItem(key, value); } catch { /* this browser keeps nothing */ } }

  // --- the choice ---
  function mark() {
    const choice = read(CHOICE);
    for (const button of document.querySelectorAll(".menu [data-ring]")) {
      button.setAttribute("aria-pressed", String(button.dataset.ring === (choice ?? "off")));
    }
    document.querySelector("[data-ring-ask]")?.toggleAttribute("data-wanted", choice === null);
  }

  async function choose(choice) {
    write(CHOICE, choice);
    mark();
    if (choice === "off") return;
    if (choice === "sound") sound(); // as it will be heard; a browser lets a page sound once somebody has pressed something
    const allowed = "Notification" in window ? await Notification.requestPermission() : "denied";
    const refused = document.querySelector("[data-ring-refused]");
    if (refused) refused.hidden = allowed !== "denied";
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ring]");
    if (button) choose(button.dataset.ring);
  });

  // --- the sound: two tones, made here ---
  function sound() {
    audio ??= new AudioContext();
    audio.resume();
    [880, 660].forEach((pitch, place) => {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const begins = audio.currentTime + place * SECONDS_OF_A_TONE;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, begins);
      volume.gain.exponentialRampToValueAtTime(0.001, begins + SECONDS_OF_A_TONE);
      tone.connect(volume).connect(audio.destination);
      tone.start(begins);
      tone.stop(begins + SECONDS_OF_A_TONE);
    });
  }

  // --- a call rings: once in this browser, however many of its windows are open ---
  function isFirstToTell(call) {
    let known = [];
    try { known = JSON.parse(read(ALERTED)) ?? []; } catch { /* it is written anew */ }
    if (known.includes(call)) return false;
    write(ALERTED, JSON.stringify([...known, call].slice(-REMEMBERED)));
    return true;
  }

  document.addEventListener("call:rings", ({ detail: { card, words } }) => {
    const choice = read(CHOICE);
    if (!choice || choice === "off" || !isFirstToTell(`${card.id}-${card.dataset.start ?? ""}`)) return;
    if (choice === "sound") sound();
    if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(words, { tag: card.id, icon: document.querySelector("link[rel=icon]")?.href });
    notice.addEventListener("click", () => { window.focus(); card.focus(); notice.close(); });
  });

  mark();
})();
