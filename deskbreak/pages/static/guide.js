// Plays the steps of one prompt: a countdown that can be paused and taken back, each step said once.
// Of the open prompt it tells the agent what it does, so that only the real end is one.

const GOING_MS = 5000; // between two signs of life; the agent gives a silent page half a minute
const TICK_MS = 200;
const STOOD_STILL_S = 5; // a tick that late: the computer slept, and nobody moved
const BACK_TO_BEFORE_S = 2; // so soon after its beginning "back" means the step before

const at = (id) => document.getElementById(id);
const player = at("player");
const words = JSON.parse(player.dataset.words);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const steps = [...at("list").children].map((row) => ({
  row,
  seconds: Number(row.dataset.seconds),
  kind: row.dataset.kind,
  text: row.querySelector(".what").textContent,
}));
const total = steps.reduce((sum, step) => sum + step.seconds, 0);

let now = -1; // the step; none yet
let gone = 0; // seconds of it
let running = false;
let last = 0; // of the clock, at the last tick
let told = 0; // of the clock, at the last sign of life
let open = player.dataset.episode !== ""; // the prompt waits for an answer, and hears of this page
const counts = "counts" in player.dataset; // and its end, followed here, is an answer

// ── to the agent ────────────────────────────────────────────────────────────────────────────

function message(word) {
  return new URLSearchParams({ form_key: player.dataset.key, episode: player.dataset.episode, word });
}

let line = Promise.resolve(null); // one after the other: what is said first must arrive first

function say(word) {
  told = performance.now();
  line = line.then(() => send(word));
  return line;
}

async function send(word) {
  if (!open) return null;
  try {
    const answer = await fetch(player.dataset.say, { method: "POST", body: message(word) });
    const state = answer.ok ? await answer.json() : { open: false, taken: false };
    if (!state.open && word !== "ended") leave(state.taken ? words.already : words.ended);
    else if (word === "going" && running && !state.followed) pause(words.between, false);
    return state;
  } catch {
    leave(words.ended);
    return null;
  }
}

function leave(why) {
  open = false;
  at("answers").hidden = true;
  at("said").textContent = why;
}

addEventListener("pagehide", () => {
  if (open) navigator.sendBeacon(player.dataset.say, message("closed"));
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// ── on the screen ───────────────────────────────────────────────────────────────────────────

function mark(number) {
  steps.forEach(({ row }, index) => {
    row.classList.toggle("past", index < number);
    if (index === number) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
}

function show(number) {
  now = number;
  gone = 0;
  const step = steps[now];
  mark(now);
  at("which").textContent = `${fill(words.step, { number: now + 1, count: steps.length })} · ${step.kind} · ${fill(words.seconds, step)}`;
  at("now").textContent = step.text;
  const next = steps[now + 1];
  at("next").textContent = next ? fill(words.then, { step: next.text }) : words.last;
  draw();
}

function draw() {
  const step = steps[Math.max(now, 0)];
  const before = steps.slice(0, Math.max(now, 0)).reduce((sum, one) => sum + one.seconds, 0);
  at("left").textContent = Math.max(Math.ceil(step.seconds - gone), 0);
  at("ring").setAttribute("stroke-dasharray", `${Math.min((gone / step.seconds) * 100, 100)} 100`);
  at("whole").value = Math.min(before + gone, total);
}

function tick() {
  const time = performance.now();
  const passed = (time - last) / 1000;
  last = time;
  if (!running || passed > STOOD_STILL_S) return;
  gone += passed;
  while (gone >= steps[now].seconds) {
    const over = gone - steps[now].seconds;
    if (now + 1 === steps.length) return end();
    show(now + 1);
    gone = over;
  }
  draw();
  if (counts && time - told >= GOING_MS) say("going");
}

// ── by the person ───────────────────────────────────────────────────────────────────────────

function begin() {
  if (now < 0) show(0);
  running = true;
  last = performance.now();
  at("go").textContent = words.pause;
  at("back").disabled = false;
  at("said").textContent = "";
  if (counts) say("begun");
}

function pause(why, tell = true) {
  running = false;
  at("go").textContent = words.goOn;
  at("said").textContent = why;
  if (tell && counts) say("paused");
}

function back() {
  show(gone < BACK_TO_BEFORE_S ? Math.max(now - 1, 0) : now);
}

async function end() {
  running = false;
  gone = steps[now].seconds;
  mark(steps.length);
  draw();
  const taken = counts && ((await say("ended"))?.taken ?? false);
  if (taken) leave("");
  at("over-text").textContent = taken ? words.taken : open ? words.answer : words.free;
  player.hidden = true;
  at("over").hidden = false;
  at("over").focus();
}

function again() {
  now = -1;
  at("over").hidden = true;
  player.hidden = false;
  begin();
  at("go").focus();
}

at("go").addEventListener("click", () => (running ? pause(words.paused) : begin()));
at("back").addEventListener("click", back);
at("again").addEventListener("click", again);
at("back").disabled = true;
at("next").textContent = fill(words.first, { step: steps[0].text });
player.hidden = false;
draw();
if (open) {
  at("go").focus(); // whoever asked to be shown how wants to begin
  say("paused"); // and reads it here, instead of in the notification
}
setInterval(tick, TICK_MS);
