// Draws a film: paths whose numbers are mixed between two frames, as often as somebody asks.

const SVG = "http://www.w3.org/2000/svg";

export class Film {
  #shapes;
  #frames;
  #orders;
  #steps;
  #order = -1; // the one that is drawn

  /** data: as the page has it; place: the element that the drawing goes into. */
  constructor(data, place) {
    this.#frames = data.frames;
    this.#orders = data.orders;
    this.#steps = data.steps;
    this.#shapes = data.shapes.map((shape) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", shape.class);
      if (shape.stroke) path.setAttribute("stroke-width", shape.stroke);
      return { path, parts: shape.d.split("#"), at: shape.at, drawn: "" };
    });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "figure");
    this.svg.setAttribute("viewBox", `0 0 ${data.box[0]} ${data.box[1]}`);
    place.append(this.svg);
  }

  /** Draw a step as it is after so many seconds; after its last frame that stays. */
  draw(step, seconds) {
    const { times, frames } = this.#steps[step];
    let next = times.findIndex((time) => time > seconds);
    if (next < 0) next = times.length - 1;
    const before = Math.max(next - 1, 0);
    const way = times[next] - times[before];
    const share = way ? Math.min((seconds - times[before]) / way, 1) : 1;
    const from = this.#frames[frames[before]];
    const to = this.#frames[frames[next]];
    this.#put((share < 0.5 ? from : to)[0]);
    this.#shapes.forEach((shape, index) => {
      mix(shape, from[index + 1], to[index + 1], share);
    });
  }

  /** Return the key poses of a step, each as a drawing of its own. */
  poses(step) {
    return this.#steps[step].keys.map((number) => {
      const [order, ...places] = this.#frames[number];
      const drawing = this.svg.cloneNode(false);
      for (const index of this.#orders[order]) {
        const { path, parts, at } = this.#shapes[index];
        const one = path.cloneNode(false);
        const numbers = at[places[index]];
        one.setAttribute("d", parts.reduce((drawn, part, n) => drawn + numbers[n - 1] + part));
        drawing.append(one);
      }
      return drawing;
    });
  }

  /** Keep to one order from back to front; what is not in it is not seen. */
  #put(order) {
    if (order === this.#order) return;
    this.#order = order;
    this.svg.replaceChildren(...this.#orders[order].map((index) => this.#shapes[index].path));
  }
}

// A shape that one of the frames never saw is where the other has it.
function mix(shape, from, to, share) {
  const a = shape.at[from < 0 ? to : from];
  const b = shape.at[to < 0 ? from : to];
  if (!a) return;
  let drawn = shape.parts[0];
  for (let n = 0; n < a.length; n++) {
    drawn += Math.round((a[n] + (b[n] - a[n]) * share) * 10) / 10 + shape.parts[n + 1];
  }
  if (drawn === shape.drawn) return;
  shape.drawn = drawn;
  shape.path.setAttribute("d", drawn);
}
