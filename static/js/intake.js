/* What the intake does beyond htmx: refusals are shown in place, slips are put right. */
(() => {
  "use strict";
  const REFUSED = [400, 409];

  /* A refused answer comes back with its reason: show it where the answer stands. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (REFUSED.includes(event.detail.xhr.status) && event.target.closest(".mst-cols")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  const mark = (field, bad) => {
    if (!field) return;
    field.classList.toggle("is-invalid", bad);
    field.toggleAttribute("aria-invalid", bad);
    if (bad) field.setAttribute("aria-invalid", "true");
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    document.querySelectorAll(".mst-ask").forEach((ask) => {
      const line = ask.querySelector(".mst-save");
      if (!line) return;
      mark(ask.querySelector(".form-control"), line.classList.contains("is-failed"));
    });
  });

  /* Not saved, because the line is down: say so, and keep what was typed. */
  document.addEventListener("htmx:sendError", (event) => {
    const ask = event.target.closest(".mst-ask");
    const line = ask && ask.querySelector(".mst-save");
    if (!line) return;
    line.className = "mst-save is-failed";
    const words = document.createElement("span");
    words.textContent = "Not saved: no connection. Change the answer to try again.";
    line.querySelectorAll(":scope > :not(input)").forEach((part) => part.remove());
    [...line.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).forEach((n) => n.remove());
    line.append(words);
  });

  /* "None" and "not known" stand alone; a typed value and "not known" exclude each other. */
  document.addEventListener("change", (event) => {
    const box = event.target;
    const ask = box.closest && box.closest(".mst-ask");
    if (!ask) return;
    if (box.type === "checkbox" && box.checked && !box.name.endsWith("__sure")) {
      const alone = box.hasAttribute("data-alone") || box.hasAttribute("data-state");
      ask.querySelectorAll("input[type=checkbox]").forEach((other) => {
        const others = alone || other.hasAttribute("data-alone") || other.hasAttribute("data-state");
        if (other !== box && others) other.checked = false;
      });
      if (box.hasAttribute("data-state")) {
        const field = ask.querySelector(".form-control");
        if (field) field.value = "";
      }
    } else if (box.classList.contains("form-control") && box.value) {
      ask.querySelectorAll("[data-state]").forEach((state) => { state.checked = false; });
    }
  }, true);

  /* "Use 16 mg" writes the number and saves it. */
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-offer]");
    if (!offer) return;
    const field = document.getElementById(offer.dataset.for);
    field.value = offer.dataset.offer;
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
