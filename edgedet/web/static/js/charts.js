// A small live chart: a line over the last minutes, in SVG.

import { h, s, say } from "./dom.js";

const WIDTH = 240;
const HEIGHT = 56;
const PAD = 3;
const FEWEST = 60; // values that fill the width, while there aren't more

/**
 * A chart with its name, its newest value in words, and its line.
 * @param top what the top of the chart is at least, so that small noise isn't drawn as mountains
 */
export class Chart {
  #line = s("polyline", { class: "line" });
  #area = s("polygon", { class: "area" });
  #value = h("output", { class: "value" });
  #top;

  constructor(name, top) {
    this.#top = top;
    const picture = s(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      this.#area,
      this.#line,
    );
    this.node = h("div", { class: "card chart" }, h("h3", {}, name), this.#value, picture);
  }

  /** Draw these values, oldest first (null: unknown), and say the newest one. */
  draw(values, text) {
    say(this.#value, text);
    const points = placed(values, Math.max(this.#top, ...values.filter((value) => value !== null)));
    this.#line.setAttribute("points", written(points));
    const ends = points.length
      ? [
          [points.at(-1)[0], HEIGHT],
          [points[0][0], HEIGHT],
        ]
      : [];
    this.#area.setAttribute("points", written([...points, ...ends]));
  }
}

/** Where the values lie; the newest is at the right edge. */
export function placed(values, top) {
  const step = WIDTH / (Math.max(values.length, FEWEST) - 1);
  const start = WIDTH - (values.length - 1) * step;
  return values.flatMap((value, number) =>
    value === null ? [] : [[start + number * step, HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD)]],
  );
}

const written = (points) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");

/** A bar that shows how much of something is used. */
export function meter(name, part, text) {
  const fill = h("i");
  fill.style.width = `${Math.min(100, Math.max(0, part * 100))}%`;
  const look = part > 0.95 ? "bad" : part > 0.85 ? "wait" : "good";
  return h(
    "div",
    { class: "meter", "data-look": look },
    h("span", {}, name),
    h("span", { class: "soft" }, text),
    h("div", { class: "track", "aria-hidden": "true" }, fill),
  );
}
