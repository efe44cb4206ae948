"use strict";
// What is typed into a form with data-draft is kept in this browser until it was accepted: a session that expires, a
// connection that breaks or a page that is closed loses nothing. Words about people (data-draft-kept="tab") stay in
// this tab only. Logging out forgets all of it.

const PREFIX = "linyin:draft:";
const KEPT_MS = 7 * 24 * 3600 * 1000;
const LEFT_OUT = new Set(["csrf"]);

const storeOf = (form) => (form.dataset.draftKept === "tab" ? sessionStorage : localStorage);
const nameOf = (form) => `${PREFIX}${document.body.dataset.user}:${form.dataset.draft}`;

function fieldsOf(form) {
  return [...form.elements].filter((each) =>
    each.name && !LEFT_OUT.has(each.name) && !["file", "password", "hidden", "submit", "button"].includes(each.type));
}

function valueOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

// A checkbox or a radio is known by its value too: several share one name.
function keyOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? `${field.name}=${field.value}` : field.name;
}

function write(form) {
  const values = Object.fromEntries(fieldsOf(form).map((each) => [keyOf(each), valueOf(each)]));
  try {
    storeOf(form).setItem(nameOf(form), JSON.stringify({ at: Date.now(), values }));
  } catch { /* the browser keeps nothing; then the words are on the page only */ }
}

function forget(form) {
  storeOf(form).removeItem(nameOf(form));
  form.querySelector(":scope > .draft-note")?.remove();
}

function kept(form) {
  try {
    const found = JSON.parse(storeOf(form).getItem(nameOf(form)) || "null");
    return found && Date.now() - found.at < KEPT_MS ? found : null;
  } catch { return null; }
}

function restore(form) {
  const draft = kept(form);
  if (!draft) return;
  let changed = false;
  for (const field of fieldsOf(form)) {
    const value = draft.values[keyOf(field)];
    if (value === undefined || value === valueOf(field)) continue;
    if (typeof value === "boolean") field.checked = value;
    else if (field.tagName !== "SELECT" || [...field.options].some((each) => each.value === value)) field.value = value;
    changed = true;
  }
  if (!changed) return;
  const note = document.createElement("p");
  note.className = "notice draft-note row between";
  note.setAttribute("role", "status");
  const at = new Date(draft.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  note.append(`上次没写完的内容（${at} 存的）已经放回来了。`);
  const anew = document.createElement("button");
  anew.type = "button";
  anew.className = "quiet small";
  anew.textContent = "不要了，重新填";
  anew.addEventListener("click", () => { forget(form); location.reload(); });
  note.append(anew);
  form.prepend(note);
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function forgetAll() {
  for (const store of [localStorage, sessionStorage]) {
    for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key);
  }
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.isTrusted && event.target.closest?.("form[data-draft]");
    if (form) write(form);
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  const status = event.detail.xhr?.status ?? 0; // a redirect by HX-Redirect sets no `successful`
  if (status >= 200 && status < 300 && form.matches?.("form[data-draft]")) forget(form);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-forgets-drafts]")) forgetAll();
}, true);
document.addEventListener("htmx:load", () => document.querySelectorAll("form[data-draft]:not([data-looked])").forEach((form) => {
  form.dataset.looked = "";
  restore(form);
}));
