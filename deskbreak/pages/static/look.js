// Who types or reads here still looks, though no page is asked for: the server, which ends when
// nobody looks any more, hears of it. And if it has ended, the person hears of that.

const EVERY_MS = 60_000;
const at = new URL("../look", import.meta.url);
const gone = document.getElementById("gone");
let next = performance.now() + EVERY_MS;

async function looks() {
  if (document.hidden || performance.now() < next) return;
  next = performance.now() + EVERY_MS;
  try {
    gone.hidden = (await fetch(at)).ok;
  } catch {
    gone.hidden = false;
  }
}

for (const what of ["keydown", "pointerdown", "scroll", "input"]) {
  addEventListener(what, looks, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", looks);
