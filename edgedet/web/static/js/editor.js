// Draws and changes shapes over the live picture: by mouse, by finger and by keys.

import { s, say } from "./dom.js";
import { fewest, rounded, within } from "./shapes.js";
import { sketch, WIDTH } from "./sketch.js";

const STEP = 0.01; // of the picture, for an arrow key; with Shift five of them, with Alt a fifth
const NEAR = 16; // pixels from the first point that close a zone
const STILL = 4; // pixels that a finger may tremble before it drags
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Editor {
  #shapes;
  #told;
  #spoken;
  #drag = null;
  chosen = null;
  draft = null;
  node = s("svg", { class: "editor", "aria-label": "Zones and lines" });

  /** `told(what)` hears "changed", "chosen" or "draft"; `spoken`: an aria-live element. */
  constructor(shapes, { aspect, masks, editable, told, spoken }) {
    [this.#shapes, this.#told, this.#spoken] = [shapes, told, spoken];
    [this.aspect, this.masks, this.editable] = [aspect, masks, editable];
    this.node.setAttribute("viewBox", `0 0 ${WIDTH} ${WIDTH / aspect}`);
    new ResizeObserver(() => this.draw()).observe(this.node);
    for (const [name, heard] of [
      ["pointerdown", this.#down],
      ["pointermove", this.#move],
      ["pointerup", this.#up],
      ["pointercancel", this.#up],
      ["keydown", this.#key],
    ]) {
      this.node.addEventListener(name, heard.bind(this));
    }
  }

  /** Begin to draw a zone or a line. */
  begin(kind) {
    this.draft = { kind, points: [], cursor: null };
    this.chosen = null;
    this.node.setAttribute("tabindex", "0");
    this.node.setAttribute("role", "application");
    this.draw();
    this.node.focus({ preventScroll: true });
    this.#told("draft");
  }

  /** What is drawn becomes a shape, if it has points enough. */
  finish() {
    const { kind, points } = this.draft;
    if (points.length < fewest(kind)) return say(this.#spoken, `A ${kind} needs ${fewest(kind)} points.`);
    this.#leaveDraft();
    this.chosen = this.#shapes.add(kind, points);
    say(this.#spoken, `The ${kind} is drawn. Give it a name.`);
    this.draw();
    this.#told("changed");
    return undefined;
  }

  cancel() {
    this.#leaveDraft();
    this.draw();
    this.#told("draft");
  }

  choose(shape) {
    this.chosen = shape;
    this.draw();
    this.#told("chosen");
  }

  /** Draw all anew; what had the focus keeps it. */
  draw() {
    const height = WIDTH / this.aspect;
    const unit = WIDTH / (this.node.clientWidth || WIDTH);
    const held = this.node.contains(document.activeElement) ? document.activeElement.dataset?.point : undefined;
    const { chosen, draft, masks, editable } = this;
    this.node.replaceChildren(
      ...sketch({ shapes: this.#shapes.all, masks, chosen, draft, editable, size: { height, unit } }),
    );
    this.node.classList.toggle("drawing", Boolean(draft));
    if (held !== undefined) this.#handle(held)?.focus({ preventScroll: true });
  }

  #handle(number) {
    return this.node.querySelector(`[data-point="${number}"]`);
  }

  #leaveDraft() {
    this.draft = null;
    this.node.removeAttribute("tabindex");
    this.node.removeAttribute("role");
  }

  #at(event) {
    const box = this.node.getBoundingClientRect();
    return within([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  #down(event) {
    if (!this.editable || event.button) return;
    const at = this.#at(event);
    if (this.draft) {
      event.preventDefault();
      this.node.focus({ preventScroll: true });
      return this.#addPoint(at);
    }
    const held = event.target.closest("[data-shape]");
    if (!held) return this.choose(null);
    const shape = this.#shapes.all[held.dataset.shape];
    const { point, middle } = held.dataset;
    this.#drag = { shape, from: [event.clientX, event.clientY], last: at, point, middle, moved: false };
    this.node.setPointerCapture(event.pointerId);
    if (shape !== this.chosen) this.choose(shape);
    if (point !== undefined) this.#handle(point)?.focus({ preventScroll: true });
    return event.preventDefault();
  }

  #move(event) {
    const at = this.#at(event);
    if (this.draft && event.pointerType !== "touch") {
      this.draft.cursor = at;
      this.draw();
    }
    const drag = this.#drag;
    if (!drag) return;
    if (!drag.moved) {
      if (Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]) < STILL) return;
      this.#startDrag(drag);
    }
    if (drag.point !== undefined) drag.shape.points[drag.point] = at;
    else this.#shift(drag.shape, [at[0] - drag.last[0], at[1] - drag.last[1]]);
    drag.last = at;
    this.draw();
  }

  #startDrag(drag) {
    drag.moved = true;
    this.#shapes.step();
    if (drag.middle === undefined) return;
    drag.point = Number(drag.middle) + 1;
    drag.shape.points.splice(drag.point, 0, drag.last);
  }

  #up() {
    const moved = this.#drag?.moved;
    this.#drag = null;
    if (moved) this.#told("changed");
  }

  // the whole shape, as far as the picture reaches
  #shift({ points }, [dx, dy]) {
    const clamp = (by, values) => Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
    const [x, y] = [
      clamp(
        dx,
        points.map((point) => point[0]),
      ),
      clamp(
        dy,
        points.map((point) => point[1]),
      ),
    ];
    for (const point of points) [point[0], point[1]] = [rounded(point[0] + x), rounded(point[1] + y)];
  }

  #addPoint(at) {
    const { kind, points } = this.draft;
    if (kind === "zone" && points.length > 2 && this.#pixels(at, points[0]) < NEAR) return this.finish();
    if (points.length && this.#pixels(at, points.at(-1)) < 2) return undefined;
    points.push(at);
    say(this.#spoken, `Point ${points.length}: ${Math.round(at[0] * 100)}% across, ${Math.round(at[1] * 100)}% down.`);
    if (kind === "line" && points.length === 2) return this.finish();
    this.draw();
    return this.#told("draft");
  }

  #pixels([x1, y1], [x2, y2]) {
    const { width, height } = this.node.getBoundingClientRect();
    return Math.hypot((x1 - x2) * width, (y1 - y2) * height);
  }

  #key(event) {
    if (!this.editable) return;
    const used = this.draft ? this.#keyInDraft(event) : this.#keyOnPoint(event);
    if (used) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #keyInDraft(event) {
    const { draft } = this;
    const by = ARROWS[event.key];
    if (by) draft.cursor = moved(draft.cursor || draft.points.at(-1) || [0.5, 0.5], by, event);
    else if (event.key === " ") this.#addPoint(draft.cursor || [0.5, 0.5]);
    else if (event.key === "Enter") this.finish();
    else if (event.key === "Backspace") draft.points.pop();
    else if (event.key === "Escape") this.cancel();
    else return false;
    if (this.draft) this.draw();
    return true;
  }

  #keyOnPoint(event) {
    const { point } = event.target.closest?.("[data-point]")?.dataset || {};
    if (point === undefined) return false;
    const { points, kind } = this.chosen;
    const by = ARROWS[event.key];
    if (by) this.#change(() => (points[point] = moved(points[point], by, event)), event.repeat);
    else if (event.key === "Insert" || event.key === "+")
      this.#change(() => points.splice(Number(point) + 1, 0, halfway(points, Number(point))));
    else if (event.key === "Delete" || event.key === "Backspace") {
      if (points.length > fewest(kind)) this.#change(() => points.splice(point, 1));
      else say(this.#spoken, `A ${kind} needs ${fewest(kind)} points.`);
    } else return false;
    return true;
  }

  #change(how, goesOn = false) {
    if (!goesOn) this.#shapes.step();
    how();
    this.draw();
    this.#told("changed");
  }
}

function moved([x, y], [dx, dy], { shiftKey, altKey }) {
  const step = STEP * (shiftKey ? 5 : altKey ? 0.2 : 1);
  return within([x + dx * step, y + dy * step]);
}

function halfway(points, number) {
  const [one, other] = [points[number], points[(number + 1) % points.length]];
  return [rounded((one[0] + other[0]) / 2), rounded((one[1] + other[1]) / 2)];
}
