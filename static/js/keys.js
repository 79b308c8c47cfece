/* Answering by keyboard: a key chooses the answer of the question that has the focus,
   and the next question takes it. Letters and digits do nothing anywhere else. */
(() => {
  "use strict";
  const LATER = 700;
  /* After this, what was swapped in listens: htmx waits 20 ms itself. */
  const SETTLES = 40;
  const form = () => document.getElementById("questions");
  const isTyped = (node) => node.tagName === "TEXTAREA"
    || (node.tagName === "INPUT" && !["radio", "checkbox", "button", "submit"].includes(node.type));
  const isShown = (node) => !node.closest("[hidden]") && !node.disabled && node.type !== "hidden";

  /* One stop for each question, and one for each field of a row. */
  const partOf = (node) => node.closest(".mst-cell") || node.closest(".mst-ask");
  const stops = () => [...form().querySelectorAll(".mst-ask")].filter(isShown).flatMap((ask) => {
    const cells = [...ask.querySelectorAll(".mst-cell:not(button)")];
    return cells.length ? cells : [ask];
  });
  const firstIn = (part) => [...part.querySelectorAll(".mst-seg input:checked, input, select, textarea")].find(isShown);
  const isAnswered = (part) => {
    const line = part.matches(".mst-ask") && part.querySelector(".mst-save");
    return Boolean(line && line.classList.contains("is-saved"));
  };
  const go = (part) => {
    const fold = part.closest("details");
    if (fold) fold.open = true;
    const field = firstIn(part);
    if (field) field.focus();
    return Boolean(field);
  };
  /* What an answer opens must be there before the focus goes on. */
  let held = null;
  const busy = (is) => document.documentElement.toggleAttribute("data-held", is);
  const waits = (part) => {
    const ask = part.closest(".mst-ask");
    return ask.hasAttribute("data-gates") && ask.hasAttribute("data-sent");
  };
  const isThere = (part) => document.contains(part);
  document.addEventListener("htmx:afterRequest", () => setTimeout(() => {
    if (!held || (isThere(held) && waits(held))) return;
    /* The question may have been shown anew meanwhile. */
    const ask = document.getElementById(held.closest(".mst-ask").id);
    const from = isThere(held) ? held : stops().filter((part) => ask.contains(part)).pop();
    held = null;
    busy(false);
    if (from) move(from);
  }, SETTLES));
  const move = (from, back = false) => {
    if (!back && waits(from)) {
      held = from;
      busy(true);
      return;
    }
    const all = stops();
    const place = all.indexOf(from);
    const rest = back ? all.slice(0, place).reverse() : all.slice(place + 1);
    const next = rest.find((part) => back || !(isAnswered(part) || part.closest("[data-extra]")));
    if (next && go(next)) return;
    const on = document.querySelector("[data-next]");
    if (on && !back) on.focus();
  };

  const fire = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  let pending = null;
  const take = (field) => {
    if (field.tagName === "OPTION") {
      const list = field.closest("select");
      list.value = field.value;
      fire(list);
    } else if (!field.checked || field.type === "checkbox") field.click();
  };
  const choose = (part, field) => {
    take(field);
    const goesOn = field.type !== "checkbox" || field.hasAttribute("data-alone");
    if (goesOn) move(part);
  };
  /* 1 may be the beginning of 10: what was begun and not finished is 1. */
  const begin = (part, field, key) => {
    const timer = setTimeout(() => { pending = null; choose(part, field); }, LATER);
    pending = { part, field, key, timer };
  };
  const finish = () => {
    if (!pending) return;
    clearTimeout(pending.timer);
    take(pending.field);
    pending = null;
  };
  const withKey = (part, key) => [...part.querySelectorAll("[data-key]")]
    .find((field) => field.dataset.key === key && isShown(field));

  /* X: no to all that is left in this panel, where its button offers that. */
  let pressed = "";
  const noButton = (part) => part.closest(".mst-panel").querySelector("button[value=rest]");
  document.addEventListener("htmx:afterSettle", (event) => {
    const panel = event.detail.elt;
    if (!panel.classList.contains("mst-panel")) return;
    const told = panel.querySelector("[data-focus]");
    if (panel.id !== pressed) { if (told) told.focus(); return; }
    pressed = "";
    busy(false);
    const own = stops().filter((part) => panel.contains(part));
    const open = own.find((part) => !isAnswered(part) && !part.closest("[data-extra]"));
    if (open) go(open);
    else if (own.length) move(own[own.length - 1]);
  });

  const onKey = (event) => {
    const field = event.target;
    const part = form() && form().contains(field) && partOf(field);
    if (!part || event.ctrlKey || event.metaKey || event.altKey || field.tagName === "BUTTON") return;
    if (held) { event.preventDefault(); return; }
    if (event.key === "Enter" && field.tagName !== "TEXTAREA" && field.tagName !== "SUMMARY") {
      event.preventDefault();
      finish();
      if (isTyped(field) && field.value !== field.defaultValue) { fire(field); field.defaultValue = field.value; }
      move(part);
    } else if (["date", "datetime-local"].includes(field.type) && "?-".includes(event.key)) {
      const state = part.querySelector(`[data-state][value=${event.key === "?" ? "unknown" : "none"}]`);
      if (state) { event.preventDefault(); take(state); move(part); }
    } else if (!isTyped(field)) press(event, part);
  };
  const press = (event, part) => {
    const key = event.key.toLowerCase();
    if (event.key === "Backspace") { event.preventDefault(); move(part, true); return; }
    if (key.length !== 1) return;
    const toAll = key === "x" && noButton(part);
    const both = pending && pending.part === part && withKey(part, pending.key + key);
    const found = both || withKey(part, key);
    if (!toAll && !found) return;
    event.preventDefault();
    if (both) { clearTimeout(pending.timer); pending = null; } else finish();
    if (toAll) {
      pressed = toAll.closest(".mst-panel").id;
      busy(true);
      /* Shown anew a moment ago, it may not listen yet, and would send the whole form. */
      window.htmx.process(toAll);
      toAll.click();
    }
    else if (!both && withKey(part, `${key}0`)) begin(part, found, key);
    else choose(part, found);
  };
  document.addEventListener("keydown", onKey);

  /* The first answer of a folded instrument shows the rest. */
  document.addEventListener("change", (event) => {
    const panel = event.target.closest && event.target.closest(".mst-panel");
    const fold = panel && panel.querySelector(":scope > .mst-folded");
    if (fold && !fold.contains(event.target)) fold.open = true;
  });

  /* "Next" leads to the first question that is open; a link to a question, to it. */
  const arrive = () => {
    const target = window.location.hash.length > 1 && document.getElementById(window.location.hash.slice(1));
    if (!target || !form() || !form().contains(target)) return;
    const part = stops().find((one) => target.contains(one) && !isAnswered(one) && !one.closest("[data-extra]")) || target;
    if (part && go(part)) part.scrollIntoView({ block: "center" });
  };
  /* After the browser's own jump, which takes the focus away. */
  const soon = () => setTimeout(arrive, 0);
  window.addEventListener("hashchange", soon);
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon);
})();
