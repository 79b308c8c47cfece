/* Passkeys: the browser asks the device, the form carries what it says. */
(() => {
  "use strict";
  const WAYS = [
    ["passkeyMake", "made", (asked) => navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked),
    })],
    ["passkeyUse", "proof_passkey", (asked) => navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked),
    })],
  ];
  const can = "PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential;

  const say = (button, words) => {
    const place = document.createElement("p");
    place.className = "invalid-feedback d-block w-100";
    place.setAttribute("role", "alert");
    place.textContent = words;
    button.parentElement.querySelectorAll(".invalid-feedback[role]").forEach((one) => one.remove());
    button.after(place);
  };

  for (const [data, field, ask] of WAYS) {
    const attribute = `data-${data.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    for (const button of document.querySelectorAll(`[${attribute}]`)) {
      button.addEventListener("click", async () => {
        if (!can) { say(button, "This browser knows no passkeys. Use another way."); return; }
        try {
          const told = await ask(JSON.parse(button.dataset[data]));
          button.form.elements[field].value = JSON.stringify(told.toJSON());
          button.form.submit();
        } catch {
          say(button, "That did not work, or took too long. Try again, or another way.");
        }
      });
    }
  }
})();
