/* What the pages do beyond htmx: drawer, toasts, moving the focus where the change is. */
(() => {
  "use strict";
  const drawer = () => document.getElementById("drawer");
  let opener = null;

  /* Signed out meanwhile: no sign-in page inside a page. What is typed stays; it is said. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const xhr = event.detail.xhr;
    const isSignIn = xhr.responseURL && new URL(xhr.responseURL).pathname === "/sign-in/";
    if (!isSignIn || event.target.closest(".mst-ask") || document.getElementById("questions")) return;
    event.detail.shouldSwap = false;
    if (event.target.id === "alert-bar") return;
    say("Not saved: you were signed out. Copy what you typed, then sign in again.");
  });
  const say = (text) => {
    const place = document.getElementById("toasts") || document.getElementById("talk-kept");
    if (!place) return;
    const words = document.createElement("div");
    words.className = "mst-toast";
    words.textContent = text;
    place.replaceChildren(words);
  };

  /* Sent already with other content, or without a token: said, and what is typed stays. */
  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    if (!xhr.getResponseHeader("X-Not-Done")) return;
    say(new DOMParser().parseFromString(xhr.responseText, "text/html").body.textContent.trim());
  });

  /* Typed but unsaved text is not lost without a word. */
  const LOSE = "What you typed here is not saved. Go on and lose it?";
  const typedIn = (place) => Boolean(place.querySelector("form[data-typed]"));
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-warn")) form.dataset.typed = "yes";
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && typedIn(document)) event.preventDefault();
  });
  const mayLose = () => !typedIn(drawer()) || window.confirm(LOSE);

  const closeDrawer = () => {
    if (!mayLose()) return;
    /* What is part of its page is shut, not taken away. */
    if (drawer().querySelector(".is-shut")) { window.location.hash = "main"; return; }
    drawer().replaceChildren();
    if (opener && opener.isConnected) opener.focus();
    else document.getElementById("main").focus();
    opener = null;
  };

  /* Another form would take the place of the one in the drawer. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const sends = event.target.matches("form");
    if (event.detail.target === drawer() && !sends && !mayLose()) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer-close]")) {
      event.preventDefault();
      closeDrawer();
    }
    const into = event.target.closest('[hx-target="#drawer"]');
    if (into && !drawer().contains(into)) opener = into;
    if (event.target.closest("[data-print]")) window.print();
    const toast = event.target.closest("[data-toast-close]");
    if (toast) toast.closest(".mst-toast").remove();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer() && drawer().children.length) closeDrawer();
  });

  /* Beside a decision a field has one answer: what is typed or ticked, or none of it. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-beside]");
    if (!form) return;
    const isQuick = event.target.matches(".mst-seg input");
    form.querySelectorAll("input:not([type=hidden])").forEach((input) => {
      if (input === event.target || input.matches(".mst-seg input") === isQuick) return;
      if (input.matches("[type=radio], [type=checkbox]")) input.checked = false;
      else input.value = "";
    });
  }, true);

  /* An answer that is refused there comes back with its reason, beside its field. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const isRefused = [400, 409].includes(event.detail.xhr.status);
    if (!isRefused || event.detail.xhr.getResponseHeader("X-Not-Done")) return;
    if (!event.detail.requestConfig.elt.closest("[data-beside], [data-part]")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  /* What sticks below the head of the chart begins where that ends, however tall it is. */
  const measureHead = () => {
    const head = document.querySelector(".mst-person");
    const { style } = document.documentElement;
    const sticks = head && getComputedStyle(head).position === "sticky";
    /* On a phone it has no box of its own: its parts stand in the page. */
    const height = sticks ? Math.ceil(head.getBoundingClientRect().height) : 0;
    if (height) style.setProperty("--mst-head", `${height}px`);
    else style.removeProperty("--mst-head");
  };
  const keepHead = () => {
    const head = document.querySelector(".mst-person");
    if (head) new ResizeObserver(measureHead).observe(head);
  };
  window.addEventListener("resize", measureHead);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", keepHead);
  else keepHead();

  /* Not kept, and no field to say it at: said here, what is typed stays, and a quick answer can be pressed again. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful } = event.detail;
    if (successful || !elt.matches("[data-beside]") || xhr.getResponseHeader("X-Not-Done")) return;
    say(xhr.status ? "Not saved: it was refused. Load the page again." : "Not saved: the site did not answer. Give the answer again.");
    elt.querySelectorAll(".btn-check").forEach((quick) => { quick.checked = quick.defaultChecked; });
  });

  /* An answer brings all questions anew: what is being typed at another of them stays, and is sent as it is left. */
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const typed = document.activeElement;
    const form = typed && typed.closest("[data-beside]");
    if (!form || !typed.id || typed.value === typed.defaultValue || form.matches(".htmx-request")) return;
    const same = event.detail.fragment.querySelector(`#${CSS.escape(typed.id)}`);
    if (!same || !same.matches(".form-control")) return;
    same.value = typed.value;
    same.addEventListener("blur", () => same.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
  });

  /* The tablet was handed over in another tab: this one goes to the questions too. */
  if ("BroadcastChannel" in window) {
    new BroadcastChannel("mainstay").onmessage = () => { leaving = true; window.location.reload(); };
  }

  /* A list of people by keyboard: j and k go along its rows, Enter opens, c calls, / searches. */
  const rowsHere = () => [...document.querySelectorAll("[data-row]")];
  const goTo = (row) => { row.tabIndex = -1; row.focus(); row.scrollIntoView({ block: "nearest" }); };
  const inRow = {
    Enter: (row) => row.querySelector(".mst-who a"),
    c: (row) => row.querySelector("[data-call]"),
    x: (row) => row.querySelector(".mst-sel input"),
  };
  document.addEventListener("keydown", (event) => {
    const all = rowsHere();
    if (!all.length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, a, button, [contenteditable]") && event.key !== "j" && event.key !== "k") return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const here = document.activeElement.closest("[data-row]");
    const keys = document.getElementById("list-keys");
    if (event.key === "j" || event.key === "k") {
      const next = here ? all[all.indexOf(here) + (event.key === "j" ? 1 : -1)] : all[0];
      if (next) goTo(next);
    } else if (event.key === "/") {
      const search = document.querySelector(".mst-filter [type=search]");
      if (search) search.focus();
    } else if (event.key === "?" && keys) {
      keys.open = !keys.open;
    } else if (here && inRow[event.key] && inRow[event.key](here)) {
      inRow[event.key](here).click();
    } else return;
    event.preventDefault();
  });

  /* A month by keyboard: arrows go along its days, Page Up and Page Down its months, T is today. */
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const PLACES = { PageUp: "[data-month-before]", PageDown: "[data-month-after]", t: "[data-month-today]" };
  document.addEventListener("keydown", (event) => {
    const month = document.querySelector("[data-month]");
    if (!month || !month.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const days = [...month.querySelectorAll("td a")];
    const next = days[days.indexOf(event.target) + (STEPS[event.key] || 0)];
    if (STEPS[event.key] && next) {
      days.forEach((day) => { day.tabIndex = day === next ? 0 : -1; });
      next.focus();
    } else if (STEPS[event.key] || PLACES[event.key]) {
      const place = STEPS[event.key] < 0 ? PLACES.PageUp : PLACES.PageDown;
      document.querySelector(PLACES[event.key] || place).click();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const day = document.querySelector("[data-chosen-day]");
    if (day && window.location.search.includes("day=") && !window.location.hash) day.focus();
  });

  /* Rows that are chosen bring the bar that acts on them; without script it stands there. */
  const showChosen = () => {
    const bar = document.getElementById("choose");
    if (!bar) return;
    const boxes = [...document.querySelectorAll(".mst-sel input[name=people]")];
    const all = document.getElementById("choose-all").checked;
    const chosen = boxes.filter((box) => box.checked).length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-picked", all || box.checked));
    const shown = document.querySelector("[data-choose-shown]");
    shown.hidden = false;
    shown.checked = all || (chosen > 0 && chosen === boxes.length);
    bar.hidden = !all && !chosen;
    bar.querySelector("[data-chosen]").textContent = all ? "Everybody of this list" : `${chosen} chosen`;
  };
  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (chosen.matches("[data-choose-shown], #choose-all")) {
      document.querySelectorAll(".mst-sel input[name=people]").forEach((box) => { box.checked = chosen.checked; });
    }
    if (!chosen.closest(".mst-sel, #choose")) return;
    if (!chosen.checked) document.getElementById("choose-all").checked = false;
    showChosen();
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id === "choose") setTimeout(showChosen);
  });
  document.addEventListener("htmx:afterSettle", showChosen);
  document.addEventListener("DOMContentLoaded", showChosen);

  /* What was swapped in says where the focus belongs; else an error summary takes it. */
  document.addEventListener("htmx:afterSwap", (event) => settle(event.detail.target));
  const settle = (place) => {
    if (!(place instanceof Element)) return;
    const wanted = place.querySelector(".mst-errors, [data-focus]");
    if (wanted) wanted.focus();
    else if (place.id === "drawer" && place.firstElementChild) {
      const first = place.querySelector("h2");
      if (first) { first.tabIndex = -1; first.focus(); }
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const summary = document.querySelector("main .mst-errors, #drawer .mst-errors");
    if (summary) summary.focus();
    /* In a narrow window the tabs scroll: the current one is in sight. */
    const tabs = document.querySelector(".mst-tabs");
    const current = tabs && tabs.querySelector("[aria-current]");
    if (current) tabs.scrollLeft = current.offsetLeft - tabs.clientWidth / 3;
  });
})();
