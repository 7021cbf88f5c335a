// The service of a new case is found by a few letters; once it is chosen one writes on in the symptoms.
"use strict";
(() => {
  let wanted = false; // Enter was pressed before the answer came

  const radios = () => document.querySelectorAll("#service-options input[type=radio]");
  const write = () => document.querySelector("[data-finds], #service-options [data-then]")?.dataset.then;
  const goOn = () => { const to = write(); if (to) document.querySelector(to)?.focus(); };

  function answered(input) {
    const said = document.querySelector("#services-found [data-found-for]");
    return said ? said.dataset.foundFor === input.value.trim() : !input.value.trim();
  }

  function choose() {
    wanted = false;
    const [first] = radios();
    if (!first) return;
    first.click();
    goOn();
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-finds]")) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (answered(input)) choose(); else wanted = true;
    }
    if (event.key === "ArrowDown") { event.preventDefault(); radios()[0]?.focus(); }
  });
  document.addEventListener("input", (event) => { if (event.target.matches("[data-finds]")) wanted = false; });
  // By mouse or finger; the arrow keys go from one to the next and stay among them, and Enter goes on.
  document.addEventListener("click", (event) => {
    if (event.detail && event.target.closest("#service-options label")) setTimeout(goOn);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("#service-options input")) return;
    event.preventDefault();
    goOn();
  });
  document.addEventListener("htmx:after:swap", () => {
    const input = document.querySelector("[data-finds]");
    if (wanted && input && answered(input)) choose();
    // What is known of the site stands in the empty fields; nothing that is being typed is put in place again.
    const known = document.getElementById("known-there");
    for (const [name, value] of [["id_site_contact", known?.dataset.siteContact], ["id_access_hours", known?.dataset.accessHours]]) {
      const field = document.getElementById(name);
      if (field && value !== undefined) field.placeholder = value;
    }
  });
})();
