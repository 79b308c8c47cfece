/* Answering by oneself: each answer is kept at once; needless questions go away. */
(() => {
  "use strict";
  /* Other tabs of a tablet that was handed over show the questions too. */
  if (document.body.hasAttribute("data-locked") && "BroadcastChannel" in window) {
    new BroadcastChannel("mainstay").postMessage("locked");
  }
  const form = document.getElementById("self");
  if (!form) return;
  const line = document.getElementById("saved");
  const say = (state, words) => { line.className = `mst-save ${state}`; line.textContent = words; };
  let waiting = 0;

  const show = (told) => {
    document.getElementById("answered").textContent = told.answered;
    document.getElementById("of").textContent = told.of;
    const bar = document.getElementById("progress");
    bar.max = told.of;
    bar.value = told.answered;
    const here = [...form.querySelectorAll("[data-ask]")];
    const of = here[0] && here[0].dataset.ask.split(".")[0];
    here.filter((ask) => ask.dataset.ask.startsWith(`${of}.`)).forEach((ask) => {
      ask.hidden = told.needless.includes(ask.dataset.ask);
    });
    if (told.help && !form.querySelector(".mst-note.is-danger")) help(told.help);
  };

  /* Where help is, at once: not on the next page. */
  const help = (words) => {
    const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
    const note = make("div", "mst-note is-danger");
    note.setAttribute("role", "alert");
    const inside = make("div", "");
    const call = make("a", "btn btn-danger mt-2", "988");
    call.href = "tel:988";
    inside.append(make("p", "", words), call);
    note.append(inside);
    form.querySelector(".mst-self-go").before(note);
    note.scrollIntoView({ block: "nearest" });
  };

  const send = async (body) => {
    try {
      const headers = { "X-Once": window.mstOnce.fresh() };
      const answer = await fetch(form.dataset.save, { method: "POST", body, headers, keepalive: true, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      if (waiting === 1) say("is-saved", form.dataset.saved);
    } catch {
      say("is-failed", form.dataset.failed);
    }
    waiting -= 1;
  };

  /* One after the other, so that of two answers to a question the later one stands. */
  let last = Promise.resolve();
  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("name", event.target.name);
    body.append("value", event.target.value);
    waiting += 1;
    say("", form.dataset.saving);
    last = last.then(() => send(body));
  });
})();
