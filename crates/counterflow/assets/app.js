// What a reload would spoil. Everything here has a way without it.
"use strict";

// What was typed and could not be saved stays in this browser, with when it was kept, and no longer than two weeks: the
// device may be somebody else's by then.
const KEPT_FOR = 14 * 24 * 60 * 60 * 1_000;
const readKept = (place) => {
  const [, at, typed] = /^(\d+) (.*)$/s.exec(localStorage.getItem(place) ?? "") ?? [];
  return at && Date.now() - at < KEPT_FOR ? { at: Number(at), typed } : null;
};
try {
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith("kept:") && !readKept(place)) localStorage.removeItem(place);
  }
} catch {
  // A browser that keeps nothing.
}
// The hour; the day, too, if it is not today.
const momentWords = (at) => {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "long" };
  return moment.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit" });
};

// ---- Forms that save themselves while somebody types (data-autosave: where to). The Save button does the same.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-save-status]");
  const signedOut = document.querySelector("[data-signed-out]");
  let timer = 0;
  let changes = 0;
  let saved = 0;
  let sending = false;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const place = `kept:${form.dataset.autosave}`;
  // Not what is private, nor what belongs to this login: whoever sits here next could read it.
  const kept = () => {
    const fields = new URLSearchParams(new FormData(form));
    for (const name of [...fields.keys()]) if (/^(form_tag$|private-|consent-)/.test(name)) fields.delete(name);
    return fields.toString();
  };
  const say = (what, at = Date.now()) => {
    status.textContent = (status.dataset[what] ?? "").replace("{time}", momentWords(at));
  };
  const keep = (outcome) => {
    try {
      if (outcome === "saved") localStorage.removeItem(place);
      else localStorage.setItem(place, `${Date.now()} ${kept()}`);
    } catch {
      // A browser that keeps nothing: the text is on the page.
    }
  };
  const bringBack = () => {
    const found = readKept(place);
    if (!found) return;
    fillIn(form, new URLSearchParams(found.typed));
    say("restored", found.at);
    changes += 1;
    later(500);
  };
  const send = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("by_itself", "yes");
    try {
      const reply = await fetch(form.dataset.autosave, { method: "POST", body, keepalive: true });
      if (reply.ok) return "saved";
      if (reply.status === 401) return "away";
      return reply.status < 500 ? "refused" : "waiting";
    } catch {
      return "waiting";
    }
  };
  // One at a time, so that an older text never arrives after a newer one.
  const save = async () => {
    if (sending || changes === saved) return;
    const sent = changes;
    sending = true;
    say("saving");
    const outcome = await send();
    keep(outcome);
    sending = false;
    say(outcome);
    signedOut.hidden = outcome !== "away";
    if (outcome === "saved") saved = sent;
    if (saved !== changes && outcome !== "refused") later(outcome === "saved" ? 1_000 : 10_000);
  };
  form.addEventListener("input", () => {
    changes += 1;
    later(2_000);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sending = true; // nothing goes out after what is sent by hand
    keep("saved"); // the server keeps it from here on, signed in or not
  });
  addEventListener("pageshow", () => (sending = false)); // back again
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save); // leaving, or back from signing in in another tab
  try {
    bringBack();
  } catch {
    // A browser that keeps nothing.
  }
}

// ---- A form that came back with problems (data-own-page) stands at its page's address: whoever goes back to it gets the
// page, and not the browser's error about sending a form again.
for (const form of document.querySelectorAll("form[data-own-page]")) history.replaceState(null, "", form.action);

// Puts what was typed into the fields of a form. Hidden fields are the page's own.
function fillIn(form, typed) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = typed.getAll(field.name).includes(field.value);
    else if (typed.has(field.name)) field.value = typed.get(field.name);
  }
}

// ---- A form in parts (data-parts): what is asked only after another answer, and how many parts are ready.
for (const form of document.querySelectorAll("form[data-parts]")) {
  const parts = [...form.querySelectorAll("[data-part]")];
  const ready = form.querySelector("[data-ready]");
  const bar = form.querySelector("progress");
  const look = () => {
    const typed = new FormData(form);
    for (const asked of form.querySelectorAll("[data-show-if]")) {
      const { showIf, showIs } = asked.dataset;
      const before = form.querySelector(`[name="${CSS.escape(showIf)}"]`)?.closest("[data-show-if]");
      asked.hidden = (before?.hidden ?? false) || !typed.getAll(showIf).includes(showIs);
    }
    if (!ready) return;
    const isGiven = ({ name }) => typed.getAll(name).some((given) => given.trim() !== "");
    const isAnswered = (group) => group.hidden || [...group.querySelectorAll("[name]")].some(isGiven);
    const count = parts.filter((part) => [...part.querySelectorAll("[data-needs]")].every(isAnswered)).length;
    if (ready.textContent !== String(count)) ready.textContent = bar.value = count;
  };
  for (const hint of form.querySelectorAll("[data-condition]")) hint.hidden = true;
  form.addEventListener("input", look);
  look();
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

// ---- Choices that bring a last day along (data-ends-on), until somebody sets another one.
for (const first of document.querySelectorAll("[data-ends-on]:checked")) {
  let suggested = first.dataset.endsOn;
  first.form.addEventListener("change", ({ target }) => {
    const field = first.form.elements.ends_on;
    if (!target.dataset.endsOn) return;
    if (field.value === suggested) field.value = target.dataset.endsOn;
    suggested = target.dataset.endsOn;
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
