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
