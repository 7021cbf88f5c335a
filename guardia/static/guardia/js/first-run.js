// A password that is chosen may be looked at while it is typed. Without script it stays hidden.
for (const field of document.querySelectorAll("input[data-can-be-shown]")) {
  const words = document.querySelector("[data-show-words]");
  if (!words) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words.dataset.showWords;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
    button.textContent = isShown ? words.dataset.showWords : words.dataset.hideWords;
  });
  const row = document.createElement("span");
  row.className = "shown-password";
  field.replaceWith(row);
  row.append(field, button);
}
