/* Answering instruments: number keys on the focused question, needless questions away,
   and a draft that reached the server needs no warning. */
(() => {
  "use strict";
  if (window.mstGive) return;
  window.mstGive = true;
  const asks = (form) => [...form.querySelectorAll("[data-ask]")].filter((ask) => !ask.hidden);

  const hideNeedless = () => {
    const state = document.getElementById("give-state");
    if (!state) return;
    const needless = state.dataset.needless.split(" ");
    document.querySelectorAll(".mst-give [data-ask]").forEach((ask) => {
      ask.hidden = needless.includes(ask.dataset.ask);
    });
  };

  const goOn = (ask) => {
    const all = asks(ask.closest("form"));
    const next = all[all.indexOf(ask) + 1];
    const field = next && (next.querySelector("input:checked") || next.querySelector("input, select"));
    if (field) field.focus();
    else ask.closest(".mst-give").querySelector("button[type=submit].btn-primary").focus();
  };

  /* Two digits typed close together are one number, on a scale that has it. */
  let typed = "";
  let timer = 0;
  const chosenBy = (ask, key) => {
    const has = (word) => ask.querySelector(`input[data-key="${CSS.escape(word)}"]`);
    const yesNo = { y: "1", s: "1", n: "0" }[key];
    const isYesNo = ask.classList.contains("is-row") && ask.querySelectorAll("[data-key]").length === 2;
    if (yesNo && isYesNo) return yesNo === "0" ? has("0") : has("1") || has("4");
    return has(typed + key) || has(key);
  };

  document.addEventListener("keydown", (event) => {
    const radio = event.target;
    if (radio.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    const ask = radio.closest("[data-ask]");
    if (!ask) return;
    if (event.key === "Backspace" || event.key === "Delete") {
      const none = ask.querySelector('input[value=""]');
      if (none) { event.preventDefault(); none.click(); none.focus(); }
      return;
    }
    if (!/^[0-9yns]$/i.test(event.key)) return;
    const wanted = chosenBy(ask, event.key.toLowerCase());
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
    wanted.focus();
    clearTimeout(timer);
    const longer = ask.querySelector(`input[data-key^="${CSS.escape(typed + event.key)}"]:not([data-key="${CSS.escape(typed + event.key)}"])`);
    typed = longer ? typed + event.key : "";
    if (longer) timer = setTimeout(() => { typed = ""; goOn(ask); }, 500);
    else goOn(ask);
  });

  /* On its way: closing now would lose it. Kept: nothing to warn about. */
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target.id !== "give-state") return;
    const form = event.target.closest("form");
    if (event.detail.successful && form) delete form.dataset.typed;
  });
  document.addEventListener("htmx:afterSwap", hideNeedless);
  document.addEventListener("DOMContentLoaded", hideNeedless);
  hideNeedless();

  /* What is refused comes back into the drawer with its reasons. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 400 && event.detail.target.id === "drawer") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
