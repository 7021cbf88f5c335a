// The page of a visit as it stands with what this telephone has pressed and not sent yet: steps with their hours, the
// next big button, boxes, what waits, what was refused. The server wrote the rest and stays the authority.
"use strict";
var CampoVisit = (() => {
  const main = document.querySelector("[data-sends-from-here]");
  if (!main) return null; // a page to look at, or one that is over
  const words = JSON.parse(document.getElementById("words").textContent);
  const ORDER = ["depart", "arrive", "permit", "restore", "leave"];
  const clock = new Intl.DateTimeFormat("es", { timeZone: main.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const hour = (at) => clock.format(new Date(at));
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const counted = (forms, n) => filled(forms[n === 1 ? 0 : 1], { n });
  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

  function show(section, acts) {
    // What was sent before this page was written stands in it already, or the server knows better.
    const written = Number(document.documentElement.dataset.shown) * 1000;
    const live = acts.filter((act) => act.state === "waiting" || (act.state === "sent" && act.sent_at > written));
    const next = steps(section, live);
    const taken = (kind) => live.some((act) => act.kind === kind);
    const arrived = done(section, "arrive") || taken("arrive");
    const restored = done(section, "restore") || taken("restore");
    const over = next === "";
    for (const form of section.querySelectorAll("[data-form-of]")) {
      form.hidden = form.dataset.formOf !== next;
    }
    for (const bar of section.querySelectorAll("[data-next-step]")) bar.hidden = over;
    for (const more of section.querySelectorAll("[data-at-site]")) more.hidden = !arrived;
    for (const more of section.querySelectorAll("[data-unfinished]")) more.hidden = !arrived || restored || over;
    for (const more of section.querySelectorAll("[data-block]")) more.hidden = restored || over;
    held(section, live, arrived);
    boxes(section, live);
    promise(section, live);
    outbox(section, acts);
  }

  const done = (section, kind) => section.querySelector(`[data-step="${kind}"]`).hasAttribute("data-done");

  function steps(section, live) {
    const local = {};
    for (const act of live) if (ORDER.includes(act.kind)) local[act.kind] = act;
    const unfinished = local.leave && !local.leave.facts.finished;
    let next = section.dataset.next && !unfinished ? null : "";
    for (const kind of ORDER) {
      const line = section.querySelector(`[data-step="${kind}"]`);
      const place = line.querySelector("[data-hour]");
      const mine = !line.hasAttribute("data-done") && local[kind];
      line.toggleAttribute("data-mine", Boolean(mine));
      if (mine) place.textContent = mine.state === "sent" ? hour(mine.at) : filled(words.to_send, { hour: hour(mine.at) });
      else if (!line.hasAttribute("data-done")) place.textContent = place.dataset.hint;
      const over = line.hasAttribute("data-done") || mine || behind(section, kind, local);
      if (next === null && !over) next = kind;
    }
    next ??= "";
    for (const line of section.querySelectorAll("[data-step]")) line.toggleAttribute("data-is-next", line.dataset.step === next);
    return next;
  }

  // A crew that arrived has left, whether anybody pressed it or not; the same for the permit of a service restored.
  function behind(section, kind, local) {
    const later = { depart: "arrive", permit: "restore" }[kind];
    return Boolean(later && (done(section, later) || local[later]));
  }

  function held(section, live, arrived) {
    const last = live.filter((act) => ["block", "resume"].includes(act.kind)).at(-1);
    const blocked = last ? last.kind === "block" : section.hasAttribute("data-blocked");
    for (const form of section.querySelectorAll("[data-only-blocked]")) form.hidden = !blocked;
    for (const part of section.querySelectorAll("[data-only-on-the-way]")) {
      part.hidden = arrived;
      for (const field of part.querySelectorAll("select")) field.disabled = arrived;
    }
  }

  function boxes(section, live) {
    for (const form of section.querySelectorAll("[data-box]")) {
      const ticked = live.find((act) => act.kind === "check" && act.facts.box === form.dataset.box);
      const button = form.querySelector("button");
      button.disabled = form.hasAttribute("data-done") || Boolean(ticked);
      form.toggleAttribute("data-mine", Boolean(ticked));
      if (ticked && !form.hasAttribute("data-done")) form.querySelector("[data-hour]").textContent = hour(ticked.at);
    }
  }

  // A clock whose step is pressed has been met on this telephone, sent or not.
  function promise(section, live) {
    const face = section.querySelector("[data-ended-by]");
    if (face) face.hidden = live.some((act) => act.kind === face.dataset.endedBy);
  }

  const named = (act) => (act.kind === "photo" ? words.photo : words.kinds[act.kind]);

  function line(act) {
    const item = element("li", "");
    item.dataset.state = act.state;
    if (act.state === "refused") {
      const seen = element("button", words.understood, { className: "button", type: "button" });
      Object.assign(seen.dataset, { dismisses: act.key, from: act.kind === "photo" ? "photos" : "acts" });
      item.append(element("b", `${words.refused} ${named(act)}, ${hour(act.at)}.`), element("span", ` ${act.sentence || ""} `), seen);
      return item;
    }
    const said = act.state === "sent" ? `\u2713 ${filled(words.sent, { hour: hour(act.sent_at) })}` : words.waits;
    item.append(element("span", `${named(act)} ${hour(act.at)}`), element("span", said, { className: "number" }));
    return item;
  }

  // A step that waits says so in its own line above, and so does a box; what was sent is a line that opens.
  const inItsLine = (act) => act.state === "waiting" && (act.kind === "check" || ORDER.includes(act.kind));

  function outbox(section, acts) {
    const list = section.querySelector("[data-outbox]");
    list.replaceChildren(...acts.filter((act) => act.state !== "sent" && !inItsLine(act)).map(line));
    list.hidden = !list.childElementCount;
    const sent = acts.filter((act) => act.state === "sent");
    const box = section.querySelector("[data-sent]");
    box.hidden = !sent.length;
    if (!sent.length) return;
    const last = Math.max(...sent.map((act) => act.sent_at));
    box.querySelector("summary").textContent = `\u2713 ${filled(words.all_of, { n: sent.length, hour: hour(last) })}`;
    box.querySelector("ul").replaceChildren(...sent.map(line));
  }

  return { words, main, hour, filled, counted, show, line };
})();
