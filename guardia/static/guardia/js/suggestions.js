// Behind a sign at the beginning of a word a list opens: what is typed narrows it, arrows choose, Enter inserts the
// text that the server has filled, Escape closes the list and leaves what was typed.
"use strict";
(() => {
  let open = null; // the field with its list: { field, list, start, sign }
  let closedAt = null; // the place whose list was closed by Escape, which stays closed
  let asked = 0;
  const options = () => [...(open?.list.querySelectorAll("[role=option]:not([aria-disabled])") ?? [])];
  const chosen = () => open?.list.querySelector("[aria-selected=true]:not([aria-disabled])");

  function signBefore(field) {
    const typed = field.value.slice(0, field.selectionStart);
    const found = typed.match(/(?:^|\s)([/@])([\p{L}\p{N}._-]{0,30}(?: [\p{L}\p{N}._-]{1,30})?)$/u);
    const signs = field.dataset.suggestSigns ?? "/";
    if (!found || !signs.includes(found[1])) return null;
    const audience = field.form?.querySelector("[name=audience]:checked")?.value ?? "public";
    if (found[1] === "@" && audience !== "internal") return null; // a colleague is named in a note for the team alone
    return { sign: found[1], words: found[2], start: typed.length - found[2].length - 1, audience };
  }

  function close() {
    if (!open) return;
    open.list.remove();
    for (const name of ["aria-activedescendant", "aria-controls"]) open.field.removeAttribute(name);
    open = null;
    asked += 1;
  }

  function choose(option) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === option));
    open.field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  async function look(field) {
    const found = signBefore(field);
    if (!found || closedAt === found.start) { if (!found) closedAt = null; return close(); }
    const mine = (asked += 1);
    const query = new URLSearchParams({ signo: found.sign, q: found.words, audience: found.audience });
    let lines;
    try {
      const response = await fetch(`${field.dataset.suggest}?${query}`, { headers: { "HX-Request": "true" } });
      if (!response.ok) return close();
      lines = await response.text();
    } catch { return close(); }
    if (mine !== asked) return; // somebody has typed on
    if (found.words.includes(" ") && lines.includes('aria-disabled="true"')) return close(); // a sentence goes on
    show(field, found, lines);
  }

  function show(field, found, lines) {
    if (!open) {
      const list = document.createElement("ul");
      list.id = "suggestions";
      list.className = "suggestions";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", field.dataset.suggestLabel ?? "");
      field.insertAdjacentElement("afterend", list);
      open = { field, list };
    }
    Object.assign(open, { start: found.start, end: field.selectionStart });
    open.list.innerHTML = lines;
    field.setAttribute("aria-controls", "suggestions");
    choose(options()[0]);
  }

  function insert(option) {
    const { field, start, end } = open;
    field.setRangeText(option.dataset.text, start, end, "end");
    if (option.dataset.quick) remember(field.form, option.dataset.quick);
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  // Which answers were inserted goes with the form: the server counts those whose words are still there.
  function remember(form, number) {
    let place = form.querySelector("[name=quick]");
    if (!place) {
      place = Object.assign(document.createElement("input"), { type: "hidden", name: "quick" });
      form.append(place);
    }
    place.value = [...new Set([...place.value.split(",").filter(Boolean), number])].join(",");
  }

  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-suggest]")) look(event.target); });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" && all.length) choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp" && all.length) choose(all[(at - 1 + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen() && !event.shiftKey) insert(chosen());
    else if (event.key === "Escape") { closedAt = open.start; close(); }
    else return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Escape would leave the field, Enter begin a line
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#suggestions [role=option]:not([aria-disabled])");
    if (option && open) { event.preventDefault(); insert(option); }
  });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.field) close(); });
})();
