// Keys of the sign-in (WebAuthn): asks the browser for one, puts its answer into the form and sends it.
"use strict";
const troubled = (form, isImpossible) => {
  const words = form.querySelector("[data-key-trouble]");
  if (isImpossible) words.firstElementChild.textContent = words.dataset.noPasskeys;
  words.hidden = false;
};
const told = (id) => JSON.parse(document.getElementById(id).textContent);
const asked = async (form) => {
  if (form.dataset.keyWith) return told(form.dataset.keyWith).request_options;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return (await answer.json()).request_options;
};
const made = (form) => {
  const options = told(form.dataset.keyMade).creation_options.publicKey;
  const isAlone = form.elements.passwordless.checked;
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: isAlone ? "required" : "discouraged",
    requireResidentKey: isAlone,
    userVerification: isAlone ? "required" : "preferred",
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
};
const used = async (form) => {
  const options = (await asked(form)).publicKey;
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-use-key]");
  if (!button) return;
  const form = button.form;
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return troubled(form, true);
  button.disabled = true;
  try {
    const credential = await (form.dataset.keyMade ? made(form) : used(form));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (trouble) {
    button.disabled = false;
    troubled(form, trouble.name === "SecurityError");
  }
});
