// What a form says, as the facts of an act.
"use strict";
var CampoFacts = (() => {
  const drawn = (form) => {
    const canvas = form.querySelector("[data-signature]");
    return canvas?.dataset.drawn === undefined ? {} : { signature: canvas.toDataURL("image/png") };
  };

  async function partsOf(form, owner, fields) {
    const shown = Number(document.documentElement.dataset.shown) * 1000; // what was sent before stands on the page
    const isNew = (act) => act.state === "waiting" || (act.state === "sent" && act.sent_at > shown);
    const theirs = (act) => act.owner === owner && act.kind === "parts" && act.visit === Number(fields.visit);
    const waiting = (await CampoStore.all("acts")).filter((act) => theirs(act) && isNew(act));
    const written = [...form.querySelectorAll("[data-used] li")].map(({ dataset: part }) => ({ name: part.name, quantity: Number(part.quantity), serial: part.serial }));
    const before = waiting.sort((a, b) => a.order - b.order).at(-1)?.facts.parts || written;
    return [...before, { name: fields.part, quantity: Number(fields.quantity), serial: fields.serial }];
  }

  // The facts of an act, once its hour is known: what lies ahead is counted from the press.
  return async (form, owner) => {
    const { key, kind, visit, csrfmiddlewaretoken, minutes, part, quantity, serial, finished, ...facts } = Object.fromEntries(new FormData(form));
    if (finished !== undefined) facts.finished = finished === "1";
    if (part) facts.parts = await partsOf(form, owner, { visit, part, quantity, serial });
    const place = CampoAround.place();
    if (place) facts.place = place;
    Object.assign(facts, drawn(form));
    return (at) => {
      if (!minutes) return facts;
      const then = (more) => new Date(at.getTime() + (Number(minutes) + more) * 60e3).toISOString();
      return kind === "block" ? { ...facts, next_decision_at: then(0) } : { ...facts, from: then(0), to: then(30) };
    };
  };
})();
