/* What saves itself sends a token of its own, and the same one when it tries again. */
(() => {
  "use strict";
  const sent = new WeakMap();
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  /* The same place with the same words, not answered yet, is the same sending. */
  const tokenFor = (place, words) => {
    const before = sent.get(place);
    if (before && before.words === words) return before.token;
    const token = fresh();
    sent.set(place, { words, token });
    return token;
  };
  window.mstOnce = { fresh, tokenFor, answered: (place) => sent.delete(place) };

  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, elt, triggeringEvent, formData, path } = event.detail;
    /* A form that is sent as a whole brings the token that was made with it. */
    if (verb === "get" || (triggeringEvent && triggeringEvent.type === "submit")) return;
    const said = [...formData].filter(([name]) => !["once", "csrfmiddlewaretoken"].includes(name));
    const words = JSON.stringify([path, said]);
    event.detail.headers["X-Once"] = tokenFor(elt, words);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status && status < 500) sent.delete(event.detail.elt);
  });
})();
