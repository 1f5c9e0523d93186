// Plays the steps of one prompt: a countdown that can be paused and taken back, each step said once,
// with a figure that does what the step says, where the page has one.
// Of the open prompt it tells the agent what it does, so that only the real end is one.

import { Film } from "./figure.js";
import { Tones } from "./tones.js";

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
  held: "held" in row.dataset,
  text: row.querySelector(".what").textContent,
}));
const total = steps.reduce((sum, step) => sum + step.seconds, 0);
const tones = new Tones();
const still = matchMedia("(prefers-reduced-motion: reduce)");

let film = null; // what the figure does, as soon as it is there
let now = -1; // the step; none yet
let gone = 0; // seconds of it
let running = false;
let last = 0; // of the clock, at the last tick
let told = 0; // of the clock, at the last sign of life
let painting = 0; // the next frame of the figure, if one was asked for
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
  tones.begin();
  pose();
  draw();
}

/** The figure comes when the words are there; without it they are the guide. */
async function dress() {
  try {
    const answer = await fetch(at("figure").dataset.film);
    film = new Film(await answer.json(), at("figure"));
    steps.forEach(({ row }, index) => row.querySelector(".stills").append(...film.poses(index)));
    pose();
    draw();
  } catch {
    at("figure").remove();
    player.classList.remove("drawn");
  }
}

/** The key poses of the step, for whom nothing should move: the sheet shows them or the film. */
function pose() {
  if (!film) return;
  at("poses").replaceChildren(...film.poses(Math.max(now, 0)));
}

function draw() {
  const step = steps[Math.max(now, 0)];
  const before = steps.slice(0, Math.max(now, 0)).reduce((sum, one) => sum + one.seconds, 0);
  at("left").textContent = Math.max(Math.ceil(step.seconds - gone), 0);
  at("whole").value = Math.min(before + gone, total);
  paint(gone);
}

/** What moves all the time: the figure and the ring. */
function paint(seconds) {
  const step = steps[Math.max(now, 0)];
  const shown = Math.min(seconds, step.seconds);
  at("ring").setAttribute("stroke-dasharray", `${(shown / step.seconds) * 100} 100`);
  if (film && !still.matches) film.draw(Math.max(now, 0), shown);
}

function frame() {
  painting = 0;
  if (!running) return;
  const passed = (performance.now() - last) / 1000;
  if (passed < STOOD_STILL_S) paint(gone + passed);
  painting = requestAnimationFrame(frame);
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
  if (steps[now].held) tones.hold(gone);
  draw();
  if (counts && time - told >= GOING_MS) say("going");
}

// ── by the person ───────────────────────────────────────────────────────────────────────────

function begin() {
  if (now < 0) show(0);
  running = true;
  last = performance.now();
  tones.goOn();
  at("easier").hidden = true;
  at("go").textContent = words.pause;
  at("back").disabled = false;
  at("said").textContent = "";
  at("stage").classList.add("begun");
  player.scrollIntoView({ block: "nearest" });
  if (!still.matches && !painting) painting = requestAnimationFrame(frame);
  if (counts) say("begun");
}

function pause(why, tell = true) {
  running = false;
  tones.silence();
  at("go").textContent = words.goOn;
  at("said").textContent = why;
  if (tell && counts) say("paused");
}

function back() {
  show(gone < BACK_TO_BEFORE_S ? Math.max(now - 1, 0) : now);
}

/** Too much: nothing goes on by itself, and nothing has been answered. */
function ease() {
  if (running) pause("");
  at("easier").hidden = false;
  at("smaller").focus();
}

function half() {
  at("half").hidden = false;
  begin();
  at("go").focus();
}

async function end() {
  running = false;
  gone = steps[now].seconds;
  mark(steps.length);
  draw();
  tones.end();
  const taken = counts && ((await say("ended"))?.taken ?? false);
  if (taken) leave("");
  if (document.fullscreenElement) await document.exitFullscreen();
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

function goOrPause() {
  if (running) pause(words.paused);
  else begin();
}

at("go").addEventListener("click", goOrPause);
at("back").addEventListener("click", back);
at("again").addEventListener("click", again);
at("much")?.addEventListener("click", ease);
at("smaller").addEventListener("click", half);
at("softer")?.addEventListener("click", (event) => {
  // The page that comes is about the same prompt: it is not closed, it goes on there.
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) open = false;
});
at("tones").addEventListener("click", () => {
  tones.toggle();
  at("tones").setAttribute("aria-pressed", tones.on);
});

addEventListener("keydown", (event) => {
  const isOther = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (isOther || event.repeat || player.hidden) return;
  if (event.key === " " && !event.target.closest("a, button, summary")) {
    event.preventDefault(); // else the page scrolls
    goOrPause();
  } else if (event.key === "ArrowLeft" && now >= 0) back();
});

// ── the whole screen ────────────────────────────────────────────────────────────────────────

at("fill").hidden = !document.fullscreenEnabled;
at("fill").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else at("stage").requestFullscreen();
});
document.addEventListener("fullscreenchange", () => {
  at("fill").textContent = document.fullscreenElement ? words.leave : words.fill;
});

at("back").disabled = true;
at("next").textContent = fill(words.first, { step: steps[0].text });
player.hidden = false;
draw();
if (at("figure")) dress();
if (open) {
  at("go").focus({ preventScroll: true }); // whoever asked how wants to begin; but care comes first
  say("paused"); // and reads it here, instead of in the notification
}
setInterval(tick, TICK_MS);
