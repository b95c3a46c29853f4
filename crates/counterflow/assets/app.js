// What a reload would spoil. Everything here has a way without it.
"use strict";

// Criteria (matching/criteria): counts again at every change. Without it, the button does the same.
let recount = 0;
document.addEventListener("change", async ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-recount]")) return;
  const turn = ++recount;
  const typed = () => new URLSearchParams(new FormData(form)).toString();
  const sent = typed();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(`${sent}&act=count`) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Whoever has gone on typing meanwhile keeps what they typed: their next change counts again.
  if (turn !== recount || typed() !== sent || !page.querySelector("form[data-recount]")) return;
  const focused = document.activeElement?.id;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  if (focused) document.getElementById(focused)?.focus();
});
