// What was typed outlives the end of a session: after the sign-in it stands where it was, with a word that it was not sent.
// It is kept in this tab alone and for one person; passwords, secrets, files and documents of identity are never kept.
"use strict";
(() => {
  const PLACE = "unsent";
  const NEVER = 'input[type="password"], input[type="file"], input[type="hidden"], input[type="submit"], ' +
    '[autocomplete="one-time-code"], [name="people"], [data-secret]';
  const root = document.documentElement;
  const here = () => location.pathname + location.search;
  const drop = () => sessionStorage.removeItem(PLACE);

  function stored() {
    try { return JSON.parse(sessionStorage.getItem(PLACE) ?? "null"); } catch { return null; }
  }
  function store(record) {
    try { sessionStorage.setItem(PLACE, JSON.stringify(record)); } catch { /* too long for this browser: as without it */ }
  }
  const isTyped = (field) => Boolean(field.name) && field.matches("input, textarea, select") && !field.matches(NEVER);
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const keyOf = (form) => form.getAttribute("action") || here();
  const isKept = (form) => form?.method === "post" && !form.matches("[data-signs-out]");
  const fieldsOf = (form) => [...form.querySelectorAll("input, select, textarea")].filter(isTyped).map((field) =>
    isTick(field) ? [field.name, field.value, field.checked] : [field.name, field.value]);

  function note(form, isSent) {
    const record = stored();
    const fresh = record && !record.lost && record.page === here() ? record : { page: here(), forms: {} };
    fresh.person = root.dataset.person;
    const fields = fieldsOf(form);
    if (!fields.length && !isSent) return;
    fresh.forms[keyOf(form)] = { fields, isSent };
    store(fresh);
  }

  function put(form, fields) {
    const found = [...form.querySelectorAll("input, select, textarea")].filter(isTyped);
    let changed = false;
    for (const [name, value, checked] of fields) {
      const place = found.findIndex((each) => each.name === name && (!isTick(each) || each.value === value));
      if (place < 0) continue;
      const [field] = found.splice(place, 1);
      if (isTick(field) ? field.checked === checked : field.value === value) continue;
      if (isTick(field)) field.checked = checked; else field.value = value;
      changed = true;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return changed;
  }

  function say(form, isSent) {
    const words = document.getElementById(isSent ? "was-not-sent" : "is-filled-in")?.content.cloneNode(true);
    if (words) form.prepend(words);
    for (let each = form.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  }

  function restore() {
    const record = stored();
    if (!record?.lost || record.page !== here()) return;
    for (const form of document.forms) {
      const one = isKept(form) && record.forms[keyOf(form)];
      if (!one) continue;
      delete record.forms[keyOf(form)];
      if (Object.keys(record.forms).length) store(record); else drop();
      if (put(form, one.fields) || one.isSent) say(form, one.isSent);
    }
  }

  function begin() {
    const record = stored();
    if (document.querySelector("[data-signs-in]")) { // the session has ended: the way back is to where one typed
      if (!record) return;
      store({ ...record, lost: true });
      for (const next of document.querySelectorAll('input[name="next"]')) next.value = record.page;
      return;
    }
    if (!root.dataset.person || !record) return;
    if (record.person !== root.dataset.person || !record.lost) drop(); else restore();
  }

  document.addEventListener("input", ({ target }) => {
    if (root.dataset.person && target.form && isKept(target.form) && isTyped(target)) note(target.form, false);
  });
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-signs-out]")) drop();
    else if (root.dataset.person && isKept(target)) note(target, true);
  }, true);
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement?.closest?.("form");
    const record = form && stored();
    if (!record || record.lost || ctx.hx?.redirect || !(ctx.response?.status < 400)) return;
    delete record.forms[keyOf(form)];
    store(record);
  });
  document.addEventListener("htmx:after:swap", restore);
  begin();
})();
