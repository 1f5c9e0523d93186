// Soft tones for who looks away or shuts the eyes: one at the beginning of each step, and a breath
// that comes and goes while something is held. Made here, of nothing; silent until asked for.

const LOUD = 0.07; // of 1; a tone beside the work of others
// As the figure does it: it comes into the pose, and then breathes as somebody at rest, 12 a minute.
const INTO_S = 2.4;
const BREATH_S = 5;

export class Tones {
  #audio = null;
  #breath = 0; // which one of the step is heard
  #ended = false; // and what still sounds is the last
  on = false;

  /** Switch them on or off; only a click may begin to sound. */
  toggle() {
    this.on = !this.on;
    this.#audio ??= new AudioContext();
    if (this.on) this.#audio.resume();
    else this.#audio.suspend();
  }

  begin() {
    this.#breath = -1;
    this.#sound(440, LOUD, 0.04, 0.9);
  }

  end() {
    this.#sound(330, LOUD, 0.04, 1.4);
    this.#ended = true;
  }

  /** A step that holds something has lasted so many seconds. */
  hold(seconds) {
    const breath = Math.floor((seconds - INTO_S) / BREATH_S);
    if (breath === this.#breath) return;
    this.#breath = breath;
    this.#sound(196, LOUD / 2, BREATH_S / 2, BREATH_S / 2);
  }

  silence() {
    if (this.on) this.#audio.suspend();
  }

  goOn() {
    this.#ended = false;
    if (this.on) this.#audio.resume();
  }

  #sound(hertz, loud, risesS, fallsS) {
    if (!this.on) return;
    const now = this.#audio.currentTime;
    const tone = new OscillatorNode(this.#audio, { frequency: hertz });
    const gain = new GainNode(this.#audio, { gain: 0 });
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(loud, now + risesS);
    gain.gain.linearRampToValueAtTime(0, now + risesS + fallsS);
    tone.connect(gain).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + risesS + fallsS);
    tone.onended = () => this.#ended && this.silence(); // nothing keeps the loudspeaker awake
  }
}
