// Of a mail server, port and encryption are proposed from one another, and its name from the mailbox. Never no encryption.
for (const way of document.querySelectorAll("select[data-ports]")) {
  const { port, host, email } = way.form.elements;
  const ports = JSON.parse(way.dataset.ports);
  const usual = () => String(ports[way.value] ?? "");
  const proposed = () => (port.placeholder = usual());
  proposed();
  way.addEventListener("change", () => {
    if (Object.values(ports).map(String).includes(port.value.trim())) port.value = "";
    proposed();
  });
  port.addEventListener("input", () => {
    const written = port.value.trim();
    const fits = Object.keys(ports).find((name) => name !== "none" && String(ports[name]) === written);
    if (fits && usual() !== written) way.value = fits;
    proposed();
  });
  if (!email || !("namesServer" in email.dataset)) continue;
  let said = "";
  email.addEventListener("input", () => {
    const domain = email.value.trim().split("@")[1];
    if (!domain || (host.value && host.value !== said)) return;
    said = host.value = `smtp.${domain.toLowerCase()}`;
  });
}
