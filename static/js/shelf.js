/* The rule that is read stands in sight in the list of rules. */
(() => {
  "use strict";
  const here = document.querySelector(".mst-shelf .mst-rules [aria-current]");
  const list = here && here.closest(".mst-rules");
  if (list) list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 3;
})();
