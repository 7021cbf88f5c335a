// What the words propose of impact and hour stands beside them; a press or F2 writes it into the form, nothing else does.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-proposes]");
  if (!button) return;
  const form = button.closest("form");
  const felt = [...form.querySelectorAll("[name=impact]")].find((each) => each.value === button.dataset.proposes);
  const since = form.elements.since;
  if (felt) felt.checked = true;
  if (since && button.dataset.proposesSince) since.value = button.dataset.proposesSince;
  for (const each of [felt, since]) each?.dispatchEvent(new Event("input", { bubbles: true }));
  felt?.dispatchEvent(new Event("change", { bubbles: true }));
  const had = document.activeElement === button;
  button.remove();
  if (had) form.elements.symptoms?.focus();
});
