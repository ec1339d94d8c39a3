// What is being drawn: zones and lines as points, with the steps to undo.

const MOST_STEPS = 100;

/** Shapes as {kind: "zone" | "line", name, points, exclude, labels, direction}, and the rules that name them. */
export class Shapes {
  #past = [];
  #rulesAsRead = "";
  all = [];
  rules = {};

  /** From what the API gives. */
  static from({ zones, lines, rules }) {
    const shapes = new Shapes();
    shapes.rules = structuredClone(rules);
    shapes.#rulesAsRead = JSON.stringify(rules);
    shapes.all = [
      ...Object.entries(zones).map(([name, zone]) => ({
        kind: "zone",
        name,
        points: zone.polygon,
        exclude: zone.exclude,
        labels: zone.labels || [],
      })),
      ...Object.entries(lines).map(([name, line]) => ({
        kind: "line",
        name,
        points: line.points,
        direction: line.direction,
      })),
    ].map((shape) => structuredClone(shape));
    return shapes;
  }

  /** As the API takes it. */
  get body() {
    const of = (kind, plain) =>
      Object.fromEntries(this.all.filter((each) => each.kind === kind).map((each) => [each.name, plain(each)]));
    const rules = JSON.stringify(this.rules) === this.#rulesAsRead ? {} : { rules: this.rules };
    return {
      zones: of("zone", ({ points, exclude, labels }) => ({ polygon: points, exclude, labels })),
      lines: of("line", ({ points, direction }) => ({ points, direction })),
      ...rules,
    };
  }

  /** What is there now is what the settings file says. */
  saved() {
    this.#rulesAsRead = JSON.stringify(this.rules);
  }

  /** Remember how it was before a change. */
  step() {
    this.#past.push(JSON.stringify([this.all, this.rules]));
    if (this.#past.length > MOST_STEPS) this.#past.shift();
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  undo() {
    if (this.canUndo) [this.all, this.rules] = JSON.parse(this.#past.pop());
  }

  add(kind, points) {
    this.step();
    const shape = kind === "zone" ? { kind, points, exclude: false, labels: [] } : { kind, points, direction: "both" };
    shape.name = this.#freeName(kind);
    this.all.push(shape);
    return shape;
  }

  remove(shape) {
    this.step();
    this.all = this.all.filter((each) => each !== shape);
    for (const rule of Object.keys(this.rules)) this.want(rule, shape, false);
  }

  /** Give it another name; the rules that name it go along. */
  rename(shape, name) {
    const old = shape.name;
    for (const rule of Object.values(this.rules)) {
      const names = rule[`${shape.kind}s`];
      if (names.includes(old)) names.splice(names.indexOf(old), 1, name);
    }
    shape.name = name;
  }

  /** Whether a rule names it. */
  wants(rule, { kind, name }) {
    return this.rules[rule][`${kind}s`].includes(name);
  }

  /** Have a rule name it, or not. */
  want(rule, shape, on) {
    const names = this.rules[rule][`${shape.kind}s`].filter((name) => name !== shape.name);
    this.rules[rule][`${shape.kind}s`] = on ? [...names, shape.name] : names;
  }

  /** What is wrong with a shape, in words; empty: nothing. */
  problem(shape) {
    const name = shape.name.trim();
    if (!name) return "Give it a name.";
    if (!/^[A-Za-z0-9_-]+$/.test(name)) return "Use letters, digits, - and _ only.";
    if (this.all.some((each) => each !== shape && each.kind === shape.kind && each.name === name))
      return "This name is taken.";
    return "";
  }

  #freeName(kind) {
    for (let number = 1; ; number += 1) {
      const name = `${kind}${number}`;
      if (!this.all.some((each) => each.name === name)) return name;
    }
  }
}

export const fewest = (kind) => (kind === "zone" ? 3 : 2);

/** A point moved, and kept within the picture. */
export const within = (point) => point.map((value) => rounded(Math.min(1, Math.max(0, value))));

/** No more digits than a hand has. */
export const rounded = (value) => Math.round(value * 1000) / 1000;
