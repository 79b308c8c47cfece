/* The time line: drag over it to look closer, and save it as a picture. */
(() => {
  "use strict";
  const DAY = 86400000;
  const LEAST = 8;

  /* Where on the plot a pointer is, in the drawing's own units. */
  const placeOf = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const wide = svg.viewBox.baseVal.width;
    const x = ((event.clientX - box.left) / box.width) * wide;
    return Math.min(Math.max(x, Number(svg.dataset.left)), Number(svg.dataset.right));
  };
  const dayAt = (svg, x) => {
    const left = Number(svg.dataset.left);
    const share = (x - left) / (Number(svg.dataset.right) - left);
    const first = Date.parse(`${svg.dataset.since}T00:00:00Z`);
    const days = Math.min(Math.floor(share * Number(svg.dataset.days)), Number(svg.dataset.days) - 1);
    return new Date(first + days * DAY).toISOString().slice(0, 10);
  };

  let held = null;
  const shade = (svg, from, to) => {
    if (!held.rect) {
      held.rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      held.rect.setAttribute("class", "is-drag");
      held.rect.setAttribute("y", svg.dataset.top);
      held.rect.setAttribute("height", Number(svg.dataset.bottom) - Number(svg.dataset.top));
      svg.append(held.rect);
    }
    held.rect.setAttribute("x", Math.min(from, to));
    held.rect.setAttribute("width", Math.abs(to - from));
  };
  const letGo = () => {
    if (held && held.rect) held.rect.remove();
    held = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest("#timeline svg[data-since]");
    if (!svg || event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    held = { svg, from: placeOf(svg, event) };
  });
  document.addEventListener("pointermove", (event) => {
    if (held) shade(held.svg, held.from, placeOf(held.svg, event));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") letGo();
  });
  document.addEventListener("pointerup", (event) => {
    if (!held) return;
    const { svg, from } = held;
    const to = placeOf(svg, event);
    letGo();
    if (Math.abs(to - from) < LEAST) return;
    const place = new URL(window.location.href);
    place.searchParams.delete("range");
    place.searchParams.set("from", dayAt(svg, Math.min(from, to)));
    place.searchParams.set("to", dayAt(svg, Math.max(from, to)));
    window.location.assign(place);
  });

  /* The picture is drawn here from the same file that can be saved as it is. */
  const save = async (button) => {
    const image = new Image();
    image.src = button.dataset.savePng;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save-png]");
    if (button) save(button);
  });
  const offer = () => {
    document.querySelectorAll("[data-save-png]").forEach((one) => { one.hidden = false; });
  };
  offer();
  document.addEventListener("htmx:afterSettle", offer);
})();
