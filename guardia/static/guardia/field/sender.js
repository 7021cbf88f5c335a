// Sends what the telephone keeps: acts first and in their order, photographs afterwards, each by its key. Used by the
// page and by its service worker; whichever comes first holds the lock. The server answers for each key, and only then
// is one of them done with: a sending that is cut off is sent again, and arrives once.
"use strict";
var CampoSender = (() => {
  const store = CampoStore;
  const AT_ONCE = 20;
  const PATIENCE = 20e3;
  const PATIENCE_FOR_A_PHOTO = 120e3;
  const news = "BroadcastChannel" in self ? new BroadcastChannel("campo") : null;
  class Stop extends Error {}

  const tell = () => {
    news?.postMessage("changed");
    if (typeof document !== "undefined") document.dispatchEvent(new Event("campo:changed"));
  };

  const asked = (address, options, patience) =>
    fetch(address, { ...options, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(patience) });

  // The hour of the server, whose session it is, and the token of the next sending. Half of the way there and back is
  // the best guess at when the server read its clock.
  async function standing(to) {
    const before = Date.now();
    const answer = await asked(to.standing, {}, PATIENCE);
    if (answer.status === 401) throw new Stop("signed_out");
    if (answer.status === 404 || answer.status === 410 || answer.status === 403) throw new Stop("gone");
    if (!answer.ok) throw new Stop("no_signal");
    const said = await answer.json();
    await store.setMeta("offset", Math.round(said.now - (before + Date.now()) / 2));
    return said;
  }

  const waits = (row) => row.state === "waiting" || row.state === "taken"; // taken: a photograph that is not shrunk yet
  const token = (said) => (said.csrf ? { "X-CSRFToken": said.csrf } : {});

  async function settle(name, said) {
    const state = said.state === "refused" ? "refused" : "sent";
    const more = name === "photos" && state === "sent" ? { bytes: null } : {};
    await store.change(name, said.key, { ...more, state, sentence: said.sentence, sent_at: await store.now() });
  }

  async function sendActs(to, acts, said) {
    for (let first = 0; first < acts.length; first += AT_ONCE) {
      const batch = acts.slice(first, first + AT_ONCE);
      const body = JSON.stringify({ acts: batch.map(({ key, order, visit, kind, facts, at }) => ({ key, order, visit, kind, facts, at })) });
      const headers = { "Content-Type": "application/json", ...token(said) };
      const answer = await asked(to.send, { method: "POST", body, headers }, PATIENCE);
      if (answer.status === 413 || answer.status === 400) {
        await smaller(to, batch, said, answer);
        continue;
      }
      if (answer.status === 401) throw new Stop("signed_out");
      if (answer.status === 410 || answer.status === 404) throw new Stop("gone");
      if (!answer.ok) throw new Stop("no_signal");
      for (const one of (await answer.json()).acts) await settle("acts", one);
      tell();
    }
  }

  // What the server cannot read as a whole goes one by one; one alone that it cannot read holds up no other.
  async function smaller(to, batch, said, answer) {
    if (batch.length > 1) for (const act of batch) await sendActs(to, [act], said);
    else await settle("acts", { key: batch[0].key, state: "refused", sentence: (await answer.json().catch(() => ({}))).error || "" });
    tell();
  }

  async function sendPhoto(to, photo, said) {
    const form = new FormData();
    for (const name of ["key", "visit", "at", "caption"]) form.append(name, photo[name] ?? "");
    form.append("photo", new Blob([photo.bytes], { type: photo.type }), photo.name);
    const answer = await asked(to.photo, { method: "POST", body: form, headers: token(said) }, PATIENCE_FOR_A_PHOTO);
    if (answer.status === 401) throw new Stop("signed_out");
    if (answer.status === 410 || answer.status === 404) throw new Stop("gone");
    if (answer.status === 413 || answer.status === 400) {
      const words = await answer.json().catch(() => ({}));
      await settle("photos", { key: photo.key, state: "refused", sentence: words.error || "" });
    } else if (answer.ok) await settle("photos", await answer.json());
    else throw new Stop("no_signal");
    tell();
  }

  // Everything that goes to one destination, of one owner. Returns why something is left: "" if nothing is.
  async function sendTo(to, owner, rows) {
    const said = await standing(to);
    if (said.owner !== owner) return "other";
    await sendActs(to, rows.acts.sort((a, b) => a.order - b.order), said);
    for (const photo of rows.photos) await sendPhoto(to, photo, said);
    return "";
  }

  async function grouped() {
    const groups = new Map();
    for (const name of ["acts", "photos"]) {
      for (const row of (await store.all(name)).filter((one) => one.state === "waiting")) {
        const id = `${row.owner} ${row.to.send}`;
        if (!groups.has(id)) groups.set(id, { to: row.to, owner: row.owner, acts: [], photos: [] });
        groups.get(id)[name].push(row);
      }
    }
    return [...groups.values()];
  }

  // The acts first: no hour of theirs waits until a photograph is small.
  async function sendAll() {
    const first = await sendWaiting();
    if (!(await store.all("photos")).some((row) => row.state === "taken")) return first;
    await CampoPictures.ready();
    return sendWaiting();
  }

  async function sendWaiting() {
    let why = "";
    for (const group of await grouped()) {
      try {
        why = (await sendTo(group.to, group.owner, group)) || why;
      } catch (trouble) {
        why = trouble instanceof Stop ? trouble.message : "no_signal";
      }
    }
    await store.setMeta("why", why);
    tell();
    return why;
  }

  // One sender at a time. Where the browser has no locks, a second one is harmless: each key arrives once.
  const send = () => (self.navigator.locks ? self.navigator.locks.request("campo-send", sendAll) : sendAll());

  return { send, standing, waits };
})();
