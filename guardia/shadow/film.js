"use strict";
// The film of a shadow day: every hour is a number of seconds since the day began, and what is shown follows from it.
const film = JSON.parse(document.getElementById("film").textContent);
const words = film.words;
const at = (id) => document.getElementById(id);
const DAY = 86400;
const FEED = 60;
const DASHED = "not judged";
const SPEEDS = ["60", "300", "1200"];
let now = 0;
let playing = false;
let before = null;

const cases = film.cases.map(([number, company, subject, opened, restored, closed]) => ({ number, company, subject, opened, restored, closed, clocks: [] }));
for (const [place, kind, started, warn, due, ended, verdict] of film.clocks) {
  cases[place].clocks.push({ kind, started, warn, due, ended, verdict });
}

function clockFace(second) {
  const minute = Math.floor(second / 60);
  return `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function cardOf(one) {
  const card = element("li", "case");
  const head = element("span", "who");
  head.append(element("b", "", one.number), ` ${one.company}`);
  card.append(head, element("span", "subject", one.subject));
  one.card = card;
  for (const clock of one.clocks) {
    clock.row = element("div", clock.verdict === DASHED ? "promise unsure" : "promise");
    clock.left = element("span", "left");
    clock.bar = element("i");
    const bar = element("span", "bar");
    bar.append(clock.bar);
    clock.row.append(element("span", "", words.kinds[clock.kind] || clock.kind), clock.left, bar);
    card.append(clock.row);
  }
  at("cases").append(card);
}

function isOpen(one, second) {
  return one.opened <= second && (one.closed === null || second < one.closed);
}

function runs(clock, second) {
  return clock.started <= second && (clock.ended === null || second < clock.ended);
}

function drawClock(clock) {
  const on = runs(clock, now) && clock.due !== null;
  clock.row.hidden = !on;
  if (!on) return false;
  const left = clock.due - now;
  const share = Math.min(1, (now - clock.started) / Math.max(1, clock.due - clock.started));
  const late = left < 0;
  clock.bar.style.width = `${Math.round(share * 100)}%`;
  clock.row.classList.toggle("late", late);
  clock.row.classList.toggle("soon", !late && share >= film.warns);
  clock.left.textContent = late ? `+${spanOf(-left)}` : spanOf(left);
  return late;
}

function spanOf(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}

function draw() {
  let open = 0;
  let late = 0;
  for (const one of cases) {
    const shown = isOpen(one, now);
    one.card.hidden = !shown;
    if (!shown) continue;
    open += 1;
    const overdue = one.clocks.filter(drawClock);
    const hasLate = overdue.some((clock) => clock.verdict !== DASHED);
    late += hasLate ? 1 : 0;
    one.card.classList.toggle("has-late", hasLate);
    one.card.classList.toggle("may-be-late", !hasLate && overdue.length > 0);
    one.card.classList.toggle("is-back", one.restored !== null && one.restored <= now);
  }
  at("none").hidden = open > 0;
  const gone = film.happens.filter((each) => each[0] <= now);
  const letters = gone.filter((each) => each[1] === "letter").length;
  at("now").textContent = clockFace(now);
  at("open").textContent = `${words.open}: ${open}`;
  at("late").textContent = `${words.late}: ${late}`;
  const doubtful = gone.filter((each) => each[1] !== "letter" && each[5]).length;
  at("letters").textContent = `${words.letters}: ${letters}`;
  at("pages").textContent = `${words.pages}: ${gone.length - letters - doubtful}${doubtful ? ` (~ ${doubtful})` : ""}`;
  drawFeed(gone.slice(-FEED).reverse());
  at("jump").value = String(now);
  mark.setAttribute("x1", String(now / 300));
  mark.setAttribute("x2", String(now / 300));
}

let feedLength = -1;
function drawFeed(last) {
  const key = last.length ? `${last[0].join()} ${last.length}` : "";
  if (key === feedLength) return;
  feedLength = key;
  at("feed").replaceChildren(...last.map(([second, kind, place, what, number, isDoubtful]) => {
    const line = element("li", isDoubtful ? `${kind} doubtful` : kind);
    const name = kind === "letter" ? words.moments[what] || what : `${words[kind]} ${what} ${number}`.trim();
    line.append(element("time", "", clockFace(second)), `${isDoubtful ? "~ " : ""}${name} · ${cases[place].number} ${cases[place].company}`);
    return line;
  }));
}

const SVG = "http://www.w3.org/2000/svg";
const mark = document.createElementNS(SVG, "line");
function drawShape() {
  const counts = Array.from({ length: 288 }, (_, slot) => cases.filter((one) => isOpen(one, slot * 300)).length);
  const most = Math.max(1, ...counts);
  counts.forEach((count, slot) => {
    const column = document.createElementNS(SVG, "rect");
    const height = (40 * count) / most;
    for (const [name, value] of Object.entries({ x: slot, y: 40 - height, width: 1, height })) column.setAttribute(name, String(value));
    at("shape").append(column);
  });
  mark.setAttribute("y1", "0");
  mark.setAttribute("y2", "40");
  at("shape").append(mark);
}

function go(second) {
  now = Math.max(0, Math.min(DAY, second));
  draw();
}

function frame(time) {
  if (!playing) return;
  if (before !== null) go(now + ((time - before) / 1000) * Number(at("speed").value));
  before = time;
  if (now >= DAY) play(false);
  else requestAnimationFrame(frame);
}

function play(on) {
  playing = on;
  before = null;
  at("play").textContent = on ? words.pause : words.play;
  if (on) requestAnimationFrame(frame);
}

function faster(step) {
  const place = SPEEDS.indexOf(at("speed").value) + step;
  at("speed").value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, place))];
}

const KEYS = { " ": () => play(!playing), ArrowLeft: () => go(now - 600), ArrowRight: () => go(now + 600), ArrowUp: () => faster(1), ArrowDown: () => faster(-1), Home: () => go(0), End: () => go(DAY) };
document.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey || event.target === at("speed")) return;
  event.preventDefault();
  act();
});
at("play").addEventListener("click", () => play(!playing));
at("play").addEventListener("keydown", (event) => event.key === " " && event.stopPropagation());
at("back").addEventListener("click", () => go(now - 600));
at("ahead").addEventListener("click", () => go(now + 600));
at("jump").addEventListener("input", () => go(Number(at("jump").value)));

cases.forEach(cardOf);
drawShape();
go(Math.max(0, Math.min(...cases.map((one) => one.opened), DAY) - 300));
