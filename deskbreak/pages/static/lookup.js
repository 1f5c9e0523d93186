// Finds while one types, and hides a prompt or shows it again without leaving the place. Without
// this script the same forms do the same, each with a new page.

const at = (id) => document.getElementById(id);
const count = at("count");
const folded = (text) => text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
const prompts = () => [...document.querySelectorAll(".shelf > ul > li")];
const foundBy = (prompt) => folded([...prompt.querySelectorAll("[data-in]")].map((part) => part.textContent).join(" "));

function find() {
  const text = at("q").value;
  const wanted = folded(text).split(/\s+/);
  let shown = 0;
  for (const prompt of prompts()) {
    const has = foundBy(prompt);
    prompt.hidden = !wanted.every((word) => has.includes(word));
    shown += prompt.hidden ? 0 : 1;
  }
  for (const shelf of document.querySelectorAll(".shelf")) {
    shelf.hidden = !shelf.querySelector(":scope > ul > li:not([hidden])");
  }
  at("none").hidden = shown > 0;
  count.textContent = count.dataset.words.replace("{shown}", shown).replace("{count}", count.dataset.count);
  for (const chip of document.querySelectorAll(".chips a")) {
    const to = new URL(chip.href);
    to.searchParams.set("q", text);
    chip.href = to;
  }
  for (const form of [at("hide"), at("show")]) form.elements.q.value = text;
}

at("q").addEventListener("input", find);
at("find").addEventListener("submit", (event) => {
  event.preventDefault(); // it is found already
  find();
});
if (at("q").value !== at("q").defaultValue) find(); // typed before this script was there

// ── not for me ──────────────────────────────────────────────────────────────────────────────

let plainly = false; // the form is sent as it is without a script, and leads to what went wrong

async function change(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
  at("gone").hidden = answer !== null;
  if (answer === null) return;
  if (!answer.ok) {
    plainly = true;
    form.requestSubmit(button);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("here").closest("li");
  const old = button.closest("li");
  fresh.querySelector("details").open = old.querySelector("details").open;
  at("here")?.removeAttribute("id");
  old.replaceWith(document.adoptNode(fresh));
  at("here").focus({ preventScroll: true });
  at("said").textContent = fresh.querySelector(".said").textContent;
}

for (const form of [at("hide"), at("show")]) {
  form.addEventListener("submit", (event) => {
    if (plainly) return;
    event.preventDefault();
    change(form, event.submitter);
  });
}
