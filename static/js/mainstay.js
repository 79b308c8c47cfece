/* What the pages do beyond htmx: drawer, toasts, moving the focus where the change is. */
(() => {
  "use strict";
  const drawer = () => document.getElementById("drawer");
  let opener = null;

  const closeDrawer = () => {
    drawer().replaceChildren();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  };

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

  /* What was swapped in says where the focus belongs; else an error summary takes it. */
  document.addEventListener("htmx:after:swap", (event) => settle(event.target));
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

  /* Typed but unsaved text is not lost without a word. */
  let dirty = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-warn]")) dirty = true;
  });
  document.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  document.addEventListener("DOMContentLoaded", () => {
    const summary = document.querySelector("main .mst-errors");
    if (summary) summary.focus();
  });
})();
