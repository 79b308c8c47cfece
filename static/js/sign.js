// A place to sign with a finger, a pen or the mouse: what is drawn is kept as one path.
"use strict";

for (const place of document.querySelectorAll("[data-sign]")) {
  const sheet = place.querySelector("svg");
  const line = sheet.querySelector("path");
  const kept = place.querySelector("input[name=path]");
  const LONGEST = 20000;
  let drawing = false;

  const at = (event) => {
    const box = sheet.getBoundingClientRect();
    const x = ((event.clientX - box.left) * 560) / box.width;
    const y = ((event.clientY - box.top) * 150) / box.height;
    const inside = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    return `${inside(x, 560)} ${inside(y, 150)}`;
  };
  const add = (text) => {
    if (kept.value.length + text.length > LONGEST) return;
    kept.value += text;
    line.setAttribute("d", kept.value);
  };

  line.setAttribute("d", kept.value);
  sheet.addEventListener("pointerdown", (event) => {
    drawing = true;
    sheet.setPointerCapture(event.pointerId);
    add(`M${at(event)}`);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (drawing) add(`L${at(event)}`);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(name, () => { drawing = false; });
  }
  place.querySelector("[data-sign-clear]").addEventListener("click", () => {
    kept.value = "";
    line.setAttribute("d", "");
  });
}
