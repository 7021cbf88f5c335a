// Files of a case: dropped anywhere on the page, pasted, or chosen; each with its caption; sent with progress.
"use strict";
(() => {
  const form = () => document.getElementById("files-add");
  const input = (of) => of.querySelector('input[type="file"]');
  const size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  let sending = null;

  function set(of, files) {
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    input(of).files = held.files;
    stage(of);
  }

  // One row per file with its caption; what was typed stays with its file.
  function stage(of) {
    const list = of.querySelector("[data-staged]");
    const typed = new Map([...list.children].map((row) => [row.dataset.of, row.querySelector("input").value]));
    const files = [...input(of).files];
    const key = (file) => `${file.name}/${file.size}/${file.lastModified}`;
    list.replaceChildren(...files.map((file, place) => {
      const row = document.createElement("li");
      row.dataset.of = key(file);
      const name = document.createElement("span");
      name.className = "name";
      const about = document.createElement("small");
      const wrong = file.size > Number(of.dataset.limit);
      about.textContent = wrong ? of.dataset.tooLarge : size(file.size);
      name.classList.toggle("wrong", wrong);
      name.append(file.name, about);
      const caption = document.createElement("input");
      Object.assign(caption, { name: "caption", maxLength: 400, autocomplete: "off", placeholder: of.dataset.caption, value: typed.get(key(file)) ?? "" });
      caption.setAttribute("aria-label", `${of.dataset.caption}: ${file.name}`);
      const out = document.createElement("button");
      Object.assign(out, { type: "button", className: "link", textContent: of.dataset.remove });
      out.setAttribute("aria-label", `${of.dataset.remove}: ${file.name}`);
      out.addEventListener("click", () => { set(of, [...input(of).files].filter((_, other) => other !== place)); (list.querySelector("input") ?? input(of)).focus(); });
      row.append(name, caption, out);
      return row;
    }));
    of.toggleAttribute("data-has", files.length > 0);
    of.querySelector("[data-one-caption] input").disabled = files.length > 0;
    list.querySelector("input:placeholder-shown")?.focus();
  }

  function take(of, files) {
    if (!files.length || sending) return;
    set(of, [...input(of).files, ...files]);
    of.scrollIntoView({ block: "center" });
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.('#files-add input[type="file"]')) stage(form());
  });

  const carries = (event) => form() && event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form().setAttribute("data-over", "");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form()?.removeAttribute("data-over"); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form().removeAttribute("data-over");
    take(form(), [...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (!form() || !files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    const hour = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    take(form(), files.map((file) => file.name === "image.png" ? new File([file], `${form().dataset.pasted}-${hour}.png`, { type: file.type, lastModified: file.lastModified }) : file));
  });

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    if (!sending && input(event.target).files.length) send(event.target);
  });

  function send(of) {
    const shown = of.querySelector("[data-progress]"), bar = shown.querySelector("progress"), said = shown.querySelector("[data-said]");
    const button = of.querySelector('button[type="submit"]');
    const over = (words) => { sending = null; shown.hidden = true; button.disabled = false; if (words) document.dispatchEvent(new CustomEvent("htmx:error")); };
    sending = new XMLHttpRequest();
    sending.open("POST", of.action);
    sending.setRequestHeader("HX-Request", "true");
    sending.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = 100 * event.loaded / event.total;
      said.textContent = `${size(event.loaded)} / ${size(event.total)}`;
    });
    sending.addEventListener("load", () => {
      const { responseText } = sending;
      const moved = sending.getResponseHeader("HX-Redirect");
      if (moved) { location.assign(moved); return; }
      const section = new DOMParser().parseFromString(responseText, "text/html").getElementById("files-section");
      over(!section);
      if (!section) return;
      document.getElementById("files-section").replaceWith(document.adoptNode(section));
      htmx.process(section);
      (document.getElementById("files-refused") ?? input(form())).focus({ preventScroll: true });
    });
    sending.addEventListener("error", () => over(true));
    sending.addEventListener("abort", () => over(false));
    shown.querySelector("[data-cancel]").onclick = () => sending?.abort();
    shown.hidden = false;
    button.disabled = true;
    said.textContent = of.dataset.sending;
    sending.send(new FormData(of));
  }
})();
