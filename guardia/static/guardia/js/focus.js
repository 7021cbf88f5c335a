// After the act's form was exchanged the keyboard stands in it: at its first field, or at what went wrong.
"use strict";
document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail ?? {};
  const act = document.getElementById("act");
  if (!act || ctx?.target?.id !== "act" && ctx?.target !== "#act") return;
  const wrong = act.querySelector("[aria-invalid=true]") ?? act.querySelector(".refusal");
  const asked = ctx.request?.method?.toUpperCase() === "GET";
  const field = wrong ?? (asked ? act.querySelector("form input:not([type=hidden]), form textarea, form select") : null) ?? act;
  if (!field.matches?.("input, textarea, select, button")) field?.setAttribute?.("tabindex", "-1");
  (field || act).focus({ preventScroll: Boolean(!wrong && !asked) });
});
// Whoever comes from the board with a crew in the address goes on in the form of that act, without a mouse.
document.addEventListener("DOMContentLoaded", () => {
  if (!new URLSearchParams(location.search).has("crew")) return;
  const field = document.querySelector("#act select[name=crew]");
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "center" });
});
