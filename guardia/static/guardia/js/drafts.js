// What was typed is never lost: kept in this browser at once, and on the server a second later.
"use strict";
(() => {
  // Documents of identity stay in no browser that others use: that field is kept on the server alone.
  const NOT_HERE = ["csrfmiddlewaretoken", "seen", "draft", "people"];
  const kept = (form) => Object.fromEntries([...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !NOT_HERE.includes(name)));
  // A browser at the desk is of several people, one after another: each has drafts of their own.
  const placeOf = (draft) => `draft:${draft}@${document.documentElement.dataset.person ?? ""}`;
  const place = (form) => placeOf(form.dataset.draft);
  const timers = new WeakMap();
  const serverTime = () => Date.now() / 1000 + Number(document.documentElement.dataset.skew ?? 0);

  function restore(form) {
    if (form.dataset.draftReady) return;
    form.dataset.draftReady = "yes";
    const stored = JSON.parse(localStorage.getItem(place(form)) ?? "null");
    if (!stored || stored.at <= Number(form.dataset.savedAt || 0)) return;
    const asked = new URLSearchParams(location.search); // what the address names was chosen after the draft
    for (const [name, value] of Object.entries(stored.fields)) {
      const field = form.elements.namedItem(name);
      const begun = field?.defaultValue !== undefined && field.value !== field.defaultValue; // before this script stood
      if (field && field.type !== "hidden" && !asked.has(name) && !begun) field.value = value;
    }
    form.dispatchEvent(new Event("draft:restored", { bubbles: true }));
  }

  function said(form, response) {
    const words = form.closest("[data-draft-scope]")?.querySelector("[data-draft-said]") ?? form.querySelector("[data-draft-said]");
    if (words && response) words.textContent = response;
  }

  async function save(form) {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("draft", form.dataset.draft);
    try {
      const response = await fetch(form.dataset.draftUrl, { method: "POST", body });
      if (response.ok) said(form, await response.text());
    } catch { /* The copy in this browser remains; the next keystroke tries again. */ }
  }

  function changed(event) {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    localStorage.setItem(place(form), JSON.stringify({ at: serverTime(), fields: kept(form) }));
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 1000));
  }

  document.addEventListener("input", changed);
  document.addEventListener("submit", (event) => clearTimeout(timers.get(event.target)), true);
  // The server names the drafts whose act was done; only then is anything put back.
  function settle() {
    for (const done of document.querySelectorAll("[data-draft-done]")) {
      localStorage.removeItem(placeOf(done.dataset.draftDone));
      done.removeAttribute("data-draft-done");
    }
    document.querySelectorAll("form[data-draft]").forEach(restore);
  }
  document.addEventListener("htmx:after:swap", settle);
  settle();
})();
