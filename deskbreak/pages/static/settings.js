// Settings: tries every value while it is typed, finds a setting, and counts what is not saved yet.
// Without this the page works as well: values are tried and saved with a button.

const form = document.getElementById("settings");
const preview = document.getElementById("preview");
const seen = form.elements.namedItem("seen");
const rows = [...form.querySelectorAll(".row")];
document.documentElement.classList.add("js");

// ── what stands in the fields ───────────────────────────────────────────────────────────────

function texts() {
  const found = new Map();
  for (const [name, value] of new FormData(form)) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

function text(key, values) {
  // As the server puts it: of a box the last, of several the ones with a value, of lists each entry.
  const field = form.elements.namedItem(key);
  const several = field instanceof RadioNodeList && [...field].some((one) => one.type === "checkbox" && one.value !== "true");
  const list = several || (field instanceof HTMLInputElement && field.classList.contains("long"));
  if (!list) return values.at(-1).trim();
  return values.flatMap((one) => one.split(",")).map((one) => one.trim()).filter(Boolean).join(", ");
}

function changed() {
  const before = JSON.parse(seen.value);
  const found = texts();
  return Object.keys(before).filter((key) => found.has(key) && text(key, found.get(key)) !== before[key]);
}

function put(key, value) {
  const field = form.elements.namedItem(key);
  if (field instanceof RadioNodeList) {
    for (const one of field) if (one.type === "checkbox") one.checked = one.value === value;
  } else if (field) {
    field.value = value;
  }
}

// ── what it would be like ───────────────────────────────────────────────────────────────────

let asked = false;
let again = false;

async function tryOut() {
  show();
  if (asked) {
    again = true;
    return;
  }
  asked = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    if (answer.ok) redraw(await answer.json());
  } catch {
    // The server has ended: what is on the screen stays, and saving says so.
  }
  asked = false;
  if (again) {
    again = false;
    tryOut();
  }
}

function redraw(found) {
  const open = preview.querySelector("details")?.open;
  preview.innerHTML = found.html;
  preview.querySelector("details").open = open;
  form.querySelector(".brief strong").textContent = preview.querySelector(".figures strong").textContent;
  follow(found.values);
  for (const row of rows) point(row, found.faults[row.dataset.key] ?? "");
  show();
}

function follow(values) {
  // A plan brings values along; what the person has touched stays theirs.
  const before = JSON.parse(seen.value);
  const found = texts();
  for (const [key, value] of Object.entries(values)) {
    if (!found.has(key) || text(key, found.get(key)) !== before[key]) continue;
    put(key, value);
    before[key] = value;
  }
  seen.value = JSON.stringify(before);
}

function point(row, fault) {
  const told = document.getElementById(`${row.dataset.key}.fault`);
  const field = document.getElementById(row.dataset.key);
  if (told.textContent !== fault) told.textContent = fault;
  told.hidden = !fault;
  row.classList.toggle("bad", Boolean(fault));
  if (fault) field?.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}

// ── what is not saved yet ───────────────────────────────────────────────────────────────────

const unsaved = document.getElementById("unsaved");
const discard = form.querySelector(".discard");

function show() {
  const count = changed().length;
  const words = { 0: "", 1: unsaved.dataset.one }[count] ?? unsaved.dataset.more.replace("#", count);
  if (unsaved.textContent !== words) unsaved.textContent = words;
  discard.hidden = !count;
  for (const pick of form.querySelectorAll(".pick")) {
    pick.setAttribute("aria-pressed", String(document.getElementById(pick.dataset.for).value === pick.value));
  }
}

let leaving = false;
form.addEventListener("submit", () => { leaving = true; });
discard.addEventListener("click", () => { leaving = true; });
addEventListener("beforeunload", (event) => { if (!leaving && changed().length) event.preventDefault(); });

// ── the keyboard and the usual values ───────────────────────────────────────────────────────

form.addEventListener("input", tryOut);

form.addEventListener("click", (event) => {
  const pick = event.target.closest(".pick");
  if (!pick) return;
  put(pick.dataset.for, pick.value);
  tryOut();
});

form.querySelector(".pick-week").addEventListener("click", () => {
  const hours = document.getElementById("working_hours.monday").value;
  for (const day of ["tuesday", "wednesday", "thursday", "friday"]) put(`working_hours.${day}`, hours);
  tryOut();
});

form.addEventListener("keydown", (event) => {
  const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  const field = event.target;
  if (!by || !field.classList.contains("short") || !/^\d+$/.test(field.value.trim())) return;
  event.preventDefault();
  field.value = Math.max(0, Number(field.value) + by);
  tryOut();
});

// ── finding ─────────────────────────────────────────────────────────────────────────────────

const find = document.getElementById("find");
const told = document.getElementById("found");
const opened = new Set();
find.closest(".find").hidden = false;

find.addEventListener("input", () => {
  const words = find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const hits = (element) => words.every((word) => element.textContent.toLocaleLowerCase().includes(word));
  for (const part of form.querySelectorAll(".part")) {
    const whole = hits({ textContent: part.querySelector("h3")?.textContent ?? "" });
    for (const row of part.querySelectorAll(".row")) row.hidden = !(whole || hits(row));
    part.hidden = ![...part.querySelectorAll(".row")].some((row) => !row.hidden);
    const more = part.querySelector(".more");
    if (!more) continue;
    more.hidden = ![...more.querySelectorAll(".row")].some((row) => !row.hidden);
    if (words.length && !more.hidden && !whole && !more.open) opened.add(more);
    if (opened.has(more)) more.open = Boolean(words.length);
  }
  for (const group of form.querySelectorAll(".group")) {
    group.hidden = words.length > 0 && ![...group.querySelectorAll(".row")].some((row) => !row.hidden && !row.closest("[hidden]"));
  }
  told.textContent = words.length && !form.querySelector(".group:not([hidden])") ? told.dataset.none : "";
});

// ── where one is ────────────────────────────────────────────────────────────────────────────

const places = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
const watch = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of places.values()) link.removeAttribute("aria-current");
    places.get(entry.target.id).setAttribute("aria-current", "true");
  }
}, { rootMargin: "-20% 0% -75% 0%" });
for (const group of form.querySelectorAll(".group")) watch.observe(group);

// An error may stand where nobody sees it.
for (const bad of form.querySelectorAll(".row.bad")) bad.closest(".more")?.setAttribute("open", "");
show();
if (changed().length) tryOut();
