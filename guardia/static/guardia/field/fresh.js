// What is new at the server: asked now and then, and put in the place of what is shown, unless somebody is writing.
"use strict";
var CampoFresh = (to) => {
  const { words, main } = CampoVisit;
  const { owner } = main.dataset;
  const root = document.documentElement;

  // A page that was kept says an old hour: its clocks run by what this telephone knows of the hour of the server.
  async function setClocks() {
    root.dataset.now = ((await CampoStore.now()) / 1000).toFixed(3);
    document.dispatchEvent(new Event("htmx:after:swap"));
  }

  const busy = () => [...main.querySelectorAll("textarea, input[name]:not([type=hidden], [type=radio], [type=number])")].some((field) => field.value && field.offsetParent);

  async function look() {
    try {
      const said = await CampoSender.standing(to);
      root.dataset.reached = "yes";
      if (said.owner !== owner) return CampoAround.notice(words.newer, true); // kept for somebody else, who is signed out
      if (said.tag === main.dataset.tag || busy()) return;
      const answer = await fetch(location.href, { headers: { "X-Campo-Page": "1" }, cache: "no-store", redirect: "error" });
      if (answer.ok) await swap(await answer.text());
    } catch (trouble) {
      root.dataset.reached = ["signed_out", "gone"].includes(trouble.message) ? "yes" : "no";
    }
  }

  async function swap(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const there = fresh.querySelector("[data-field]");
    if (!there || there.dataset.owner !== owner) return;
    if (fresh.documentElement.dataset.version !== root.dataset.version) return CampoAround.notice(words.newer, true);
    const open = new Set([...main.querySelectorAll("details.visit[open]")].map((visit) => visit.id));
    for (const visit of there.querySelectorAll("details.visit")) if (main.querySelector(`#${visit.id}`)) visit.open = open.has(visit.id);
    main.replaceChildren(...there.childNodes);
    main.dataset.tag = there.dataset.tag;
    await setClocks();
    root.dataset.shown = fresh.documentElement.dataset.shown;
    prepare();
  }

  function prepare() {
    main.querySelectorAll("[data-signature]").forEach(CampoPictures.pad);
    const box = main.querySelector("[data-with-place]");
    if (box) box.checked = localStorage.getItem("campo-place") === "1";
    CampoAround.keptWords();
  }

  return { look, prepare, setClocks };
};

// How far this telephone's clock is from the server's, by the hour that the page itself says, counted from when it came.
// Where a service worker hands the page out it may be one of days ago: then the worker has noted it as the page came in.
CampoFresh.hourOfThePage = async () => {
  const said = Number(document.documentElement.dataset.shown) * 1000;
  const [loaded] = performance.getEntriesByType("navigation");
  if (!said || !loaded || navigator.serviceWorker?.controller) return;
  const came = Date.now() - (performance.now() - loaded.responseStart);
  await CampoStore.guessOffset(said - came);
};
