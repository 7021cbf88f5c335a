// Clocks tick here; the server decides everything else. A clock is any element with data-clock and its hours
// in Unix seconds: data-start, data-warn, data-urgent, data-due, or data-stopped while it stands still.
"use strict";
(() => {
  const words = document.documentElement.dataset;
  let offset = 0;
  let newest = 0;
  const TRUSTED = 5; // seconds by which these hours may differ from what an answer says of the server's

  // The server's hour came with the page and comes again with each poll: this machine's own hour is not trusted.
  function synchronise() {
    const stamp = Math.max(0, ...[...document.querySelectorAll("[data-now]")].map((e) => Number(e.dataset.now)));
    if (stamp <= newest) return;
    newest = stamp;
    offset = stamp - Date.now() / 1000;
    document.documentElement.dataset.skew = offset.toFixed(3);
  }

  // A page that the browser kept (back), or a machine whose hour was set, is put right by the next answer.
  function compare({ askedAt, response }) {
    const said = response?.headers?.get?.("HX-PTag") ? Date.parse(response.headers.get("Date")) / 1000 : NaN;
    const [least, most] = [said - Date.now() / 1000, said + 1 - askedAt];
    if (!(offset < least - TRUSTED || offset > most + TRUSTED)) return;
    offset = (least + most) / 2;
    document.documentElement.dataset.skew = offset.toFixed(3);
    tick();
  }

  const two = (n) => String(n).padStart(2, "0");

  function written(seconds, loose) {
    const sign = seconds < 0 ? "\u2212" : "";
    const whole = Math.floor(Math.abs(seconds));
    const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600), Math.floor(whole / 60)];
    if (days >= 3) return `${sign}${days}\u00a0d\u00a0${two(hours % 24)}\u00a0h`;
    if (hours) return `${sign}${hours}\u00a0h\u00a0${two(minutes % 60)}`;
    return `${sign}${loose ? minutes : two(minutes)}:${two(whole % 60)}`;
  }

  function stood(seconds) {
    const minutes = Math.max(0, Math.floor(seconds / 60));
    return minutes < 60 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h\u00a0${two(minutes % 60)}`;
  }

  function stateOf(clock, now) {
    if (clock.stopped) return "waiting";
    if (now > Number(clock.due)) return "late";
    if (clock.urgent && now >= Number(clock.urgent)) return "urgent";
    return clock.warn && now >= Number(clock.warn) ? "soon" : "on_time";
  }

  function show(face, now) {
    const { dataset: clock } = face;
    const state = stateOf(clock, now);
    const seconds = clock.stopped ? now - Number(clock.stopped) : Number(clock.due) - now;
    for (const number of face.querySelectorAll("[data-left]")) {
      if (number.closest("[data-clock]") !== face) continue;
      const text = clock.stopped ? stood(seconds) : written(seconds, number.dataset.left === "loose");
      if (number.textContent !== text) number.textContent = text;
    }
    if (state !== clock.state) change(face, state);
  }

  function change(face, state) {
    face.dataset.state = state;
    const word = words[`word${state[0].toUpperCase()}${state.slice(1)}`];
    for (const place of face.querySelectorAll("[data-word]")) place.textContent = word;
    for (const use of face.querySelectorAll("[data-shape] use")) {
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${state}`));
    }
    // A screen reader hears of a change of state, never of a second.
    const news = document.getElementById("clock-news");
    if (news && face.dataset.label) news.textContent = `${face.dataset.label}: ${word}`;
  }

  function tick() {
    const now = Date.now() / 1000 + offset;
    document.querySelectorAll("[data-clock]").forEach((face) => show(face, now));
    document.querySelectorAll("[data-since]").forEach((time) => { time.textContent = written(now - Number(time.dataset.since), true); });
    document.querySelectorAll("[data-wall-clock]").forEach((wall) => {
      const text = new Intl.DateTimeFormat("es", { timeZone: wall.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now * 1000);
      if (wall.textContent !== text) wall.textContent = text;
    });
  }

  synchronise();
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:after:swap", () => { synchronise(); tick(); });
  document.addEventListener("htmx:before:request", ({ detail }) => { detail.ctx.askedAt = Date.now() / 1000; });
  document.addEventListener("htmx:after:request", ({ detail }) => compare(detail.ctx));
})();
