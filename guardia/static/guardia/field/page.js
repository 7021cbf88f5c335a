// The page of the crew: a press is written on the telephone at once and sent when there is signal.
"use strict";
(async () => {
  if (!CampoVisit) return CampoSender.send().catch(() => {}); // the page of a visit that is over sends what it left here
  const { words, main, filled, counted, show, line } = CampoVisit;
  const store = CampoStore;
  const to = { send: main.dataset.send, photo: main.dataset.photo, standing: main.dataset.standing };
  const { owner } = main.dataset;
  const { notice, keep, follow } = CampoAround;
  const { look, prepare, setClocks } = CampoFresh(to);
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const BACK_OFF = [2, 5, 15, 30, 60];
  const POLL = 30e3;
  let failures = 0;
  let timer = 0;

  // Without a store nothing is intercepted: the plain forms go straight to the server.
  try {
    await store.all("acts");
  } catch {
    root.dataset.queue = "none";
    notice(words.no_store);
    return;
  }

  // Before anything is pressed: the clock of the telephone may be wrong, and the signal gone before the server is asked.
  await CampoFresh.hourOfThePage();

  // --- what is shown ---
  const mine = async (name) => (await store.all(name)).filter((row) => row.owner === owner);
  const asAct = (photo) => ({ ...photo, kind: "photo", facts: {} });

  // One drawing after the other: two at once would draw a photograph twice.
  let drawing = Promise.resolve();
  const render = () => { drawing = drawing.then(draw, draw); return drawing; };

  async function draw() {
    const [acts, photos] = [await mine("acts"), await mine("photos")];
    for (const section of document.querySelectorAll("[data-visit]")) {
      const of = (row) => row.visit === Number(section.dataset.visit);
      show(section, [...acts.filter(of), ...photos.filter(of).map(asAct)].sort((a, b) => a.at.localeCompare(b.at)));
      await thumbnails(section, photos.filter((photo) => of(photo) && photo.bytes));
    }
    elsewhere([...acts, ...photos.map(asAct)]);
    await standing(acts, photos);
    root.dataset.queue = String([...acts, ...photos].filter(CampoSender.waits).length);
  }

  // A visit that is of another crew now has left the page; what was refused of it is said all the same.
  function elsewhere(acts) {
    const here = new Set([...document.querySelectorAll("[data-visit]")].map((section) => Number(section.dataset.visit)));
    const list = find("[data-refused-elsewhere]");
    list.replaceChildren(...acts.filter((act) => act.state === "refused" && !here.has(act.visit)).map(line));
    list.hidden = !list.childElementCount;
  }

  async function thumbnails(section, photos) {
    const shelf = section.querySelector("[data-thumbs]");
    const shown = new Set([...shelf.children].map((canvas) => canvas.dataset.key));
    for (const canvas of [...shelf.children]) if (!photos.some((photo) => photo.key === canvas.dataset.key)) canvas.remove();
    for (const photo of photos.filter((one) => !shown.has(one.key))) {
      const canvas = await CampoPictures.thumbnail(photo).catch(() => document.createElement("canvas"));
      canvas.dataset.key = photo.key;
      shelf.append(canvas);
    }
  }

  async function standing(acts, photos) {
    const [steps, pictures] = [acts.filter(CampoSender.waits).length, photos.filter(CampoSender.waits).length];
    const others = (await Promise.all(["acts", "photos"].map(store.all))).flat().filter((row) => row.owner !== owner && CampoSender.waits(row));
    const said = [];
    if (steps) said.push(counted(words.waiting, steps));
    if (pictures) said.push(counted(words.photos, pictures));
    const why = await store.meta("why");
    if ((steps || pictures) && ["signed_out", "gone"].includes(why)) said.push(words[why]);
    if (others.length) said.push(words.other);
    find("[data-sends]").hidden = !said.length;
    find("[data-sends-words]").textContent = said.map((sentence) => sentence.replace(/\.?$/, ".")).join(" ");
    find("[data-sign-in]").hidden = why !== "signed_out" || !(steps || pictures);
    const without = !navigator.onLine || root.dataset.reached === "no";
    root.toggleAttribute("data-offline", without);
    const count = steps + pictures ? filled(words.to_go, { n: steps + pictures }) : "";
    find("[data-signal]").textContent = [without ? words.no_signal : "", count].filter(Boolean).join(" \u00b7 ");
  }

  // --- what is pressed ---
  const failed = (trouble) => notice(trouble?.name === "QuotaExceededError" ? words.full : words.not_kept);

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-kind]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.busy !== undefined) return; // a glove presses twice
    form.dataset.busy = "";
    try {
      const visit = Number(form.closest("[data-visit]").dataset.visit);
      await store.addAct({ owner, to, visit, kind: form.dataset.kind, facts: await CampoFacts(form, owner) });
      navigator.vibrate?.(40);
      form.reset();
      form.querySelector("[data-signature]")?.wipe();
      const more = form.closest("details.more");
      if (more) more.open = false;
      notice("");
      await render();
    } catch (trouble) {
      failed(trouble);
    } finally {
      delete form.dataset.busy;
    }
    navigator.storage?.persist?.();
    wake();
    send();
  });

  document.addEventListener("change", async ({ target: input }) => {
    if (!input.dataset.photoOf) return;
    const offset = (await store.meta("offset")) || 0;
    try {
      await store.addPhotos(await Promise.all([...input.files].map(async (file) => {
        const at = new Date(Math.min(file.lastModified || Date.now(), Date.now()) + offset).toISOString();
        const taken = { bytes: await file.arrayBuffer(), type: file.type, name: file.name };
        return { owner, to, visit: Number(input.dataset.photoOf), at, caption: "", ...taken };
      })));
      input.value = "";
      wake(); // the tab may be closed before they are sent
      await small();
    } catch (trouble) {
      failed(trouble);
    }
    await render();
    send();
  });

  // What is no picture is said and goes: the server would refuse it.
  async function small() {
    const unread = await CampoPictures.ready();
    for (const key of unread) await store.remove("photos", key);
    if (unread.length) notice(words.no_picture);
  }

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.dismisses) {
      await store.remove(button.dataset.from, button.dataset.dismisses);
      await render();
    }
    if (button.dataset.wipe !== undefined) button.parentElement.querySelector("canvas").wipe();
    if (button.dataset.sendNow !== undefined) { failures = 0; send(); }
    if (button.dataset.reload !== undefined) location.reload();
  });

  // --- sending ---
  // The service worker sends what waits, once there is signal, also after the tab was closed, where the browser can.
  const wake = () => { navigator.serviceWorker?.ready.then((ready) => ready.sync?.register("campo")).catch(() => {}); };

  async function send() {
    clearTimeout(timer);
    const left = (await mine("acts")).concat(await mine("photos")).some(CampoSender.waits);
    if (left) {
      find("[data-signal]").textContent = words.sending;
      const why = await CampoSender.send();
      root.dataset.reached = why === "no_signal" ? "no" : "yes";
      failures = why === "no_signal" ? failures + 1 : 0;
      if (why === "no_signal") timer = setTimeout(send, BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] * 1000);
      if (why) wake();
      if (!why) await look();
    }
    await render();
  }

  // --- when ---
  const again = () => { if (document.visibilityState === "visible") { failures = 0; send().then(look).then(render); } };
  addEventListener("online", again);
  addEventListener("offline", render);
  addEventListener("pageshow", (event) => { if (event.persisted) again(); });
  document.addEventListener("visibilitychange", again);
  document.addEventListener("campo:changed", render);
  if ("BroadcastChannel" in window) new BroadcastChannel("campo").addEventListener("message", render);
  setInterval(() => { if (document.visibilityState === "visible" && navigator.onLine) send().then(look).then(render); }, POLL);

  prepare();
  follow();
  await store.forget();
  await small().catch(failed); // those of a tab that was closed
  await render();
  root.dataset.ready = "yes";
  await keep();
  await CampoAround.forget().catch(() => {});
  await send();
  await look();
  await setClocks();
  await render();
  root.dataset.settled = "yes";
})();
