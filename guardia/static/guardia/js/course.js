// The hour under the pointer of a course of a case, by keyboard too: the slider below it moves the same line.
"use strict";
(() => {
  const figureOf = (target) => target.closest?.("figure[data-course]");
  const wanted = new Map(); // by figure, in thousandths of its width: a poll draws it anew

  const hourAt = (corners, percent) => {
    const at = Math.max(1, corners.findIndex(([place]) => place >= percent));
    const [[left, from], [right, until]] = [corners[at - 1], corners[at]];
    return from + (right > left ? (percent - left) / (right - left) : 0) * (until - from);
  };
  const written = (seconds, zone) => new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  }).format(new Date(seconds * 1000));
  const runningAt = (figure, seconds) => [...figure.querySelectorAll("g.bar")]
    .filter((bar) => bar.dataset.from <= seconds && seconds <= bar.dataset.to)
    .map((bar) => bar.querySelector("title").textContent.split(",")[0]);

  const show = (figure, place) => {
    wanted.set(figure.id, place);
    const percent = place / 10, seconds = hourAt(JSON.parse(figure.dataset.course), percent);
    const slider = figure.querySelector("input[type=range]");
    const words = [written(seconds, figure.dataset.zone), ...new Set(runningAt(figure, seconds))].join(" · ");
    const line = figure.querySelector("line.cursor");
    for (const name of ["x1", "x2"]) line.setAttribute(name, `${percent}%`);
    line.removeAttribute("display");
    slider.value = String(Math.round(place));
    slider.setAttribute("aria-valuetext", words);
    figure.querySelector("output").textContent = words;
  };

  document.addEventListener("pointermove", (event) => {
    const plot = event.target.closest?.(".course-plot");
    if (!plot) return;
    const { left, width } = plot.querySelector("svg").getBoundingClientRect();
    show(figureOf(plot), Math.min(1000, Math.max(0, ((event.clientX - left) / width) * 1000)));
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".course-hour input")) show(figureOf(event.target), Number(event.target.value));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const figure of document.querySelectorAll("figure[data-course]")) {
      if (wanted.has(figure.id)) show(figure, wanted.get(figure.id));
    }
  });
})();
