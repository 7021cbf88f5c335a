// What the telephone keeps: acts and photographs until the server has taken them. Used by the page and by its service
// worker. A new version of this file may add a store, and never removes one: what waits outlives every update.
"use strict";
var CampoStore = (() => {
  const SCHEMA = 1;
  const DURABLE = { durability: "strict" }; // on the disk before the press is called saved
  let opened = null;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("campo", SCHEMA);
      asked.onupgradeneeded = () => {
        for (const [name, path] of [["acts", "key"], ["photos", "key"], ["meta", "name"]]) {
          if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, { keyPath: path });
        }
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        asked.result.onclose = () => { opened = null; };
        resolve(asked.result);
      };
      asked.onerror = () => { opened = null; reject(asked.error); };
    });
    return opened;
  }

  // One transaction: resolves when it is on the disk. `work` gets the stores and may return a request.
  async function within(names, mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(names, mode, DURABLE);
      const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
      const found = { value: undefined };
      transaction.oncomplete = () => resolve(found.value instanceof IDBRequest ? found.value.result : found.value);
      transaction.onabort = () => reject(transaction.error || new Error("aborted"));
      found.value = work(stores, found);
    });
  }

  const all = (name) => within([name], "readonly", (s) => s[name].getAll());
  const put = (name, value) => within([name], "readwrite", (s) => { s[name].put(value); });
  const remove = (name, key) => within([name], "readwrite", (s) => { s[name].delete(key); });
  const meta = (name) => within(["meta"], "readonly", (s) => s.meta.get(name)).then((row) => row?.value);
  const setMeta = (name, value) => put("meta", { name, value });

  // Change one that is still there, and still as it was (`from`); nothing is brought back that another tab has removed.
  const change = (name, key, values, from) => within([name], "readwrite", (s) => {
    const asked = s[name].get(key);
    asked.onsuccess = () => { if (asked.result && (!from || asked.result.state === from)) s[name].put({ ...asked.result, ...values }); };
  });

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // The hour of the server, as far as this telephone last knew its distance to it.
  const now = async () => Date.now() + ((await meta("offset")) || 0);

  // A guess at that distance: it corrects a clock that is wrong, and leaves what was measured better alone.
  async function guessOffset(offset) {
    if (!(Math.abs((await meta("offset")) - offset) < 5000)) await setMeta("offset", Math.round(offset));
  }

  // An act gets its place in the order and its hour together with its row: two tabs never draw the same number, and a
  // later press never gets an earlier hour.
  async function addAct(act) {
    const hour = await now();
    return within(["acts", "meta"], "readwrite", (s, found) => {
      const asked = s.meta.get("last");
      asked.onsuccess = () => {
        const last = asked.result?.value || { order: 0, at: 0, phone: uuid() };
        const next = { ...last, order: last.order + 1, at: Math.max(hour, last.at + 1) };
        found.value = { ...act, key: uuid(), order: next.order, at: new Date(next.at).toISOString(), state: "waiting" };
        found.value.facts = { ...act.facts(new Date(next.at)), phone: last.phone };
        s.meta.put({ name: "last", value: next });
        s.acts.put(found.value);
      };
    });
  }

  // All that were chosen at once, as the camera gave them, in one transaction: what is slow comes afterwards.
  async function addPhotos(photos) {
    const rows = photos.map((photo) => ({ ...photo, key: uuid(), state: "taken" }));
    await within(["photos"], "readwrite", (s) => { for (const row of rows) s.photos.put(row); });
  }

  // What was sent days ago is only a memory.
  async function forget() {
    const old = Date.now() - 2 * 86400e3;
    for (const name of ["acts", "photos"]) {
      for (const row of await all(name)) {
        if (row.state === "sent" && row.sent_at < old) await remove(name, row.key);
      }
    }
  }

  return { all, put, remove, change, meta, setMeta, addAct, addPhotos, now, guessOffset, forget, uuid };
})();
