/* Three things count most: once three are picked, the rest wait. */
(() => {
  "use strict";
  const limit = () => document.querySelectorAll("[data-up-to]").forEach((group) => {
    const boxes = [...group.querySelectorAll("input")];
    const full = boxes.filter((box) => box.checked).length >= Number(group.dataset.upTo);
    boxes.forEach((box) => { box.disabled = full && !box.checked; });
  });
  document.addEventListener("change", limit);
  document.addEventListener("htmx:afterSettle", limit);
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".mst-no-script").forEach((button) => { button.hidden = true; });
    limit();
  });
})();

/* Rows are read aloud by the browser, where it has a voice; a second press stops it. */
(() => {
  "use strict";
  const voice = window.speechSynthesis;
  if (!voice || !window.SpeechSynthesisUtterance) { return; }
  let reading = null;
  const label = (button, text) => { button.firstElementChild.textContent = text; };
  const quiet = () => {
    voice.cancel();
    if (reading) { label(reading, reading.dataset.start); reading = null; }
  };
  const words = (row) => [
    row.querySelector("[data-say-label]").textContent,
    ...[...row.querySelectorAll("td[data-label]")].map((cell) => `${cell.dataset.label}: ${cell.textContent}`),
  ].map((text) => text.replace(/\s+/g, " ").trim()).join(". ");
  const show = () => document.querySelectorAll("[data-hear]").forEach((button) => {
    button.hidden = false;
    button.dataset.start ||= button.firstElementChild.textContent;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hear]");
    if (!button) { return; }
    const again = button === reading;
    quiet();
    if (again) { return; }
    const said = new SpeechSynthesisUtterance(words(button.closest("tr")));
    said.lang = document.documentElement.lang;
    said.onend = () => { if (reading === button) { quiet(); } };
    reading = button;
    label(button, button.dataset.stop);
    voice.speak(said);
  });
  document.addEventListener("htmx:afterSettle", () => { quiet(); show(); });
  window.addEventListener("pagehide", quiet);
  document.addEventListener("DOMContentLoaded", show);
})();
