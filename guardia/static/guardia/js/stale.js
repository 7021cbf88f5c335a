// Says up to when the screen is true; when the polls stop being answered, since when it may not be.
// What comes instead of a part of the page (a sign-in, a page of a proxy) is never put in its place.
"use strict";
(() => {
  const failing = new Set(); // the polls whose last answer was none
  const isPoll = (element) => Boolean(element?.matches?.("[hx-trigger*=every]"));
  const isWhole = (text) => /^\s*(<!--[^]*?-->\s*)*<(!doctype|\?xml|html|head|body)\b/i.test(text ?? "");

  function hourOf(response, zone) {
    const date = response?.headers?.get?.("Date");
    const form = { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    return date ? new Intl.DateTimeFormat("es", form).format(new Date(date)) : "";
  }

  function failed(poll) {
    failing.add(poll);
    document.documentElement.toggleAttribute("data-stale", true);
  }

  function answered(poll, response) {
    for (const each of failing) if (!each.isConnected) failing.delete(each);
    // The server is back: the others ask it at once, and not each at its own next hour.
    if (failing.delete(poll)) for (const other of failing) other.dispatchEvent(new CustomEvent("every"));
    document.documentElement.toggleAttribute("data-stale", failing.size > 0);
    if (failing.size) return;
    const hour = hourOf(response, document.querySelector("[data-zone]")?.dataset.zone);
    for (const time of hour ? document.querySelectorAll("[data-as-of]") : []) time.textContent = hour;
  }

  // A part of ours bears its tag and is no page. What htmx itself never puts in place (noSwap) goes on to not-sent.js.
  function isStrange({ sourceElement, response, select, text }) {
    if (!isPoll(sourceElement)) return !select && isWhole(text) && response.status < 500 && ![403, 404].includes(response.status);
    return response.status !== 304 && (response.status >= 400 || isWhole(text) || !response.headers.get("HX-PTag"));
  }

  function leadsToSignIn({ raw }) {
    const { signIn } = document.documentElement.dataset;
    return raw.redirected && signIn && new URL(raw.url).pathname === signIn;
  }

  // A server that hangs is told from one that is slow long before htmx itself gives up.
  document.addEventListener("htmx:config:request", ({ detail }) => {
    if (isPoll(detail.ctx.sourceElement)) detail.ctx.request.timeout = "20s";
  });
  document.addEventListener("htmx:error", ({ detail }) => {
    const poll = detail?.ctx?.sourceElement;
    if (isPoll(poll)) failed(poll);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.hx?.redirect || ctx.hx?.refresh) return;
    const poll = isPoll(ctx.sourceElement) && ctx.sourceElement;
    if (!isStrange(ctx)) { if (poll) answered(poll, ctx.response); return; }
    event.preventDefault();
    if (leadsToSignIn(ctx.response)) location.reload(); // the server then asks for the sign-in, and leads back here
    else if (poll) failed(poll);
    else document.dispatchEvent(new CustomEvent("htmx:error")); // not-sent.js says so
  });
})();
