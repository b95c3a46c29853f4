// What a reload would spoil. Everything here has a way without it.
"use strict";

// ---- Forms that save themselves while somebody types (data-autosave: where to). The Save button does the same.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-save-status]");
  const signedOut = document.querySelector("[data-signed-out]");
  let timer = 0;
  let changes = 0;
  let saved = 0;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const save = async () => {
    const at = changes;
    if (at === saved) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("by_itself", "yes");
    status.textContent = status.dataset.saving;
    try {
      const reply = await fetch(form.dataset.autosave, { method: "POST", body, keepalive: true });
      signedOut.hidden = reply.status !== 401;
      if (reply.ok) saved = at;
      if (reply.ok) status.textContent = status.dataset.saved;
      else if (reply.status === 401) status.textContent = status.dataset.signedOut;
      else status.textContent = status.dataset.unsaved;
    } catch {
      status.textContent = status.dataset.unsaved;
    }
    if (saved !== changes) later(10_000);
  };
  form.addEventListener("input", () => {
    changes += 1;
    later(2_000);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("visibilitychange", () => later(0)); // leaving, or back from signing in in another tab
}

// ---- Forms whose effect is shown before they are sent (data-preview: where from, data-preview-into: where to).
for (const form of document.querySelectorAll("form[data-preview]")) {
  const into = document.getElementById(form.dataset.previewInto);
  let timer = 0;
  let asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const query = new URLSearchParams(new FormData(form));
      query.delete("form_tag");
      try {
        const reply = await fetch(`${form.dataset.preview}?${query}`);
        const text = await reply.text();
        if (reply.ok && !reply.redirected && mine === asked) into.innerHTML = text;
      } catch {
        // Without a connection the count stays as it was; saving says what is wrong.
      }
    }, 250);
  });
}

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
