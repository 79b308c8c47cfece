/* What the intake does beyond htmx: refusals in place, slips put right, nothing lost. */
(() => {
  "use strict";
  const REFUSED = [400, 409];
  const AGAIN = 10;
  const waiting = new Map();
  const askOf = (node) => (node instanceof Element ? node.closest(".mst-ask") : null);

  /* Signed out meanwhile: the page is put away, unless something on it is not saved. */
  const isSignIn = (xhr) => xhr.responseURL && new URL(xhr.responseURL).pathname === "/sign-in/";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isSignIn(event.detail.xhr)) return;
    event.detail.shouldSwap = false;
    if (askOf(event.detail.requestConfig.elt)) {
      notSaved(event.detail.requestConfig.elt, "Not saved: you were signed out. Copy what you typed, then sign in again.");
    } else if (!dirty.size && !waiting.size) {
      const here = window.location;
      here.assign(`/sign-in/?next=${encodeURIComponent(here.pathname + here.search)}`);
    }
  });

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
    if (bad) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };
  const markCells = (ask) => {
    const faults = new Map();
    ask.querySelectorAll("[data-fault]").forEach((f) => faults.set(f.dataset.fault, f.textContent));
    ask.querySelectorAll(".mst-cell .form-control, .mst-cell .form-select").forEach((field) => {
      const words = document.getElementById(`e-${field.id}`);
      mark(field, faults.has(field.name));
      if (!words) return;
      words.textContent = (faults.get(field.name) || "").replace(/^.*?: /, "");
      words.classList.toggle("d-block", faults.has(field.name));
      if (faults.has(field.name)) field.setAttribute("aria-describedby", words.id);
    });
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    const ask = askOf(event.detail.elt) || askOf(document.getElementById(event.detail.elt.id));
    const line = ask && ask.querySelector(".mst-save");
    if (!line) return;
    const bad = line.classList.contains("is-failed");
    if (ask.dataset.ask === "rows") markCells(ask);
    else mark(ask.querySelector(".form-control:not([name$=__ago])"), bad);
  });

  /* What was typed and is not kept yet. */
  const dirty = new Set();
  document.addEventListener("input", (event) => {
    const ask = askOf(event.target);
    if (ask && ask.hasAttribute("hx-post")) dirty.add(ask.id);
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const ask = event.detail.elt.classList.contains("mst-ask") && event.detail.elt;
    if (ask) ask.dataset.sent = dirty.delete(ask.id) ? "typed" : "yes";
  });
  const settled = (ask) => {
    delete ask.dataset.sent;
    const timer = waiting.get(ask.id);
    if (timer) clearTimeout(timer);
    waiting.delete(ask.id);
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const ask = event.detail.elt;
    if (ask.classList.contains("mst-ask") && event.detail.xhr.status) settled(ask);
  });

  /* Not saved, because the line is down: say so, keep what was typed, try again. */
  const again = (ask) => {
    waiting.delete(ask.id);
    if (document.contains(ask)) window.htmx.trigger(ask, "retry");
  };
  const notSaved = (node, told) => {
    const ask = askOf(node);
    const line = ask && ask.querySelector(".mst-save");
    if (!line) return null;
    line.className = "mst-save is-failed";
    [...line.childNodes].forEach((part) => { if (part.tagName !== "INPUT") part.remove(); });
    const words = document.createElement("span");
    words.textContent = told;
    line.append(words);
    dirty.add(ask.id);
    return ask;
  };
  const failed = (event) => {
    const ask = notSaved(event.detail.elt, `Not saved, no connection. Kept here, trying again in ${AGAIN} s.`);
    if (!ask) return;
    clearTimeout(waiting.get(ask.id));
    waiting.set(ask.id, setTimeout(() => again(ask), AGAIN * 1000));
  };
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, failed));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) failed(event);
  });
  window.addEventListener("online", () => {
    [...waiting.keys()].forEach((id) => { clearTimeout(waiting.get(id)); again(document.getElementById(id)); });
  });

  /* Leaving: what is typed goes along; only without a connection is there a question. */
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });
  const hurry = () => {
    const token = document.querySelector("#questions [name=csrfmiddlewaretoken]");
    const unsaved = new Set([...dirty, ...[...document.querySelectorAll("[data-sent=typed]")].map((a) => a.id)]);
    unsaved.forEach((id) => {
      const ask = document.getElementById(id);
      if (!ask || waiting.has(id)) return;
      const body = new URLSearchParams();
      ask.querySelectorAll("[name]").forEach((field) => {
        const chosen = !["checkbox", "radio"].includes(field.type) || field.checked;
        if (chosen && field.tagName !== "BUTTON") body.append(field.name, field.value);
      });
      const path = ask.getAttribute("hx-post");
      const once = window.mstOnce.tokenFor(ask, JSON.stringify([path, [...body]]));
      fetch(path, {
        method: "POST", body, keepalive: true,
        headers: { "X-CSRFToken": token.value, "X-Once": once, "HX-Request": "true" },
      }).catch(() => {});
    });
    dirty.clear();
  };
  window.addEventListener("pagehide", hurry);

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && document.getElementById("news")) window.htmx.trigger("#news", "look");
  });

  /* News of what others answered never takes away what is being typed here. */
  const revision = (place) => {
    const field = place && place.querySelector("[name$=__revision]");
    return field ? field.value : null;
  };
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const ask = event.detail.target;
    if (!ask || !ask.classList || !ask.classList.contains("mst-ask")) return;
    const typing = ask.contains(document.activeElement) && /^(text|words|rows|listed|number|measured|moment|day)$/.test(ask.dataset.ask);
    const same = revision(ask) === revision(event.detail.fragment) && event.detail.fragment.querySelector(`#${CSS.escape(ask.id)}`);
    const isNews = event.detail.fragment.querySelector(".mst-ask") && event.target.id === "news";
    if (dirty.has(ask.id) || waiting.has(ask.id) || (isNews && (same || typing))) event.detail.shouldSwap = false;
  });

  /* "None" and "not known" stand alone; a typed value and "not known" exclude each other. */
  document.addEventListener("change", (event) => {
    const box = event.target;
    const ask = askOf(box);
    if (!ask || (box.closest(".mst-line") && !box.hasAttribute("data-state"))) return;
    if (box.type === "checkbox" && box.checked && !box.name.endsWith("__sure")) {
      const alone = box.hasAttribute("data-alone") || box.hasAttribute("data-state");
      ask.querySelectorAll("input[type=checkbox]").forEach((other) => {
        const others = alone || other.hasAttribute("data-alone") || other.hasAttribute("data-state");
        if (other !== box && others) other.checked = false;
      });
      if (box.hasAttribute("data-state")) {
        ask.querySelectorAll(".form-control").forEach((field) => { field.value = ""; });
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

  /* The live picture: beside the questions where there is room, a bar where there is not. */
  const bar = document.getElementById("livebar");
  const wide = window.matchMedia("(min-width: 992px)");
  const fit = () => { if (bar) bar.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
})();
