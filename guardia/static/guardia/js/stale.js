// Says up to when the screen is true; when the polls stop being answered, since when it may not be.
"use strict";
(() => {
  const isPoll = (event) => (event.detail?.ctx?.sourceElement ?? event.target).matches?.("[hx-trigger*=every]");

  function hourOf(response, zone) {
    const date = response?.headers?.get?.("Date");
    const form = { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    return date ? new Intl.DateTimeFormat("es", form).format(new Date(date)) : "";
  }

  function say(stale, hour) {
    document.documentElement.toggleAttribute("data-stale", stale);
    for (const time of hour ? document.querySelectorAll("[data-as-of]") : []) time.textContent = hour;
  }

  document.addEventListener("htmx:error", (event) => { if (isPoll(event)) say(true); });
  document.addEventListener("htmx:after:request", (event) => {
    if (!isPoll(event)) return;
    const { response } = event.detail.ctx;
    say(response.status >= 400, response.status < 400 && hourOf(response, document.querySelector("[data-zone]")?.dataset.zone));
  });
})();
