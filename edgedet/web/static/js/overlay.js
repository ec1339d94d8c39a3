// Boxes, labels, zones and trails, drawn over a picture that fills its element as `object-fit: contain` does.

import { colourOf, inkOn } from "./palette.js";

const TRAIL_SECONDS = 4;

/** Where objects have been lately, by track. */
export class Trails {
  #ways = new Map();

  add(objects, now) {
    for (const { track_id: id, box, label } of objects) {
      if (id === null || id === undefined) continue;
      const way = this.#ways.get(id) || { label, points: [] };
      way.points.push([now, (box[0] + box[2]) / 2, box[3]]);
      this.#ways.set(id, way);
    }
    for (const [id, way] of this.#ways) {
      way.points = way.points.filter(([time]) => now - time < TRAIL_SECONDS);
      if (!way.points.length) this.#ways.delete(id);
    }
  }

  get all() {
    return [...this.#ways.values()];
  }
}

/** A canvas made as large as it is shown; returns its context, and where the picture lies in it. */
export function prepared(canvas, aspect) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const shownWidth = Math.min(width, height * aspect);
  const shownHeight = shownWidth / aspect;
  return {
    context,
    left: (width - shownWidth) / 2,
    top: (height - shownHeight) / 2,
    width: shownWidth,
    height: shownHeight,
  };
}

/** Objects as {label, score, box}; boxes as fractions of the frame. */
export function drawObjects(area, objects, { boxes = true, labels = true } = {}) {
  const { context } = area;
  for (const each of [...objects].reverse()) {
    const [left, top, right, bottom] = inPixels(area, each.box);
    const colour = colourOf(each.label);
    if (boxes) {
      for (const [width, stroke] of [
        [4, "rgba(0, 0, 0, 0.55)"],
        [2, colour],
      ]) {
        context.lineWidth = width;
        context.strokeStyle = stroke;
        context.beginPath();
        context.roundRect(left, top, right - left, bottom - top, 3);
        context.stroke();
      }
    }
    if (labels) plate(area, `${each.label} ${Math.round(each.score * 100)}%`, left, top, colour);
  }
}

function plate({ context, left, top, width }, text, x, y, colour) {
  context.font = "600 12px system-ui, sans-serif";
  const wide = context.measureText(text).width + 12;
  const from = Math.max(left, Math.min(x - 1, left + width - wide));
  const above = y - 20 >= top ? y - 20 : y + 1;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(from, above, wide, 19, 3);
  context.fill();
  context.fillStyle = inkOn(colour);
  context.textBaseline = "middle";
  context.fillText(text, from + 6, above + 10);
}

/** Zones, lines and masks as the API gives them. */
export function drawZones(area, { zones = {}, lines = {}, masks = [] }) {
  const { context } = area;
  for (const [name, zone] of Object.entries(zones)) {
    outline(area, zone.polygon, true);
    context.setLineDash(zone.exclude ? [6, 5] : []);
    stroke(context, "rgba(255, 255, 255, 0.9)");
    context.setLineDash([]);
    nameAt(area, name, zone.polygon[0]);
  }
  for (const [name, line] of Object.entries(lines)) {
    outline(area, line.points, false);
    stroke(context, "rgba(255, 255, 255, 0.9)");
    nameAt(area, name, line.points[0]);
  }
  for (const mask of masks) {
    outline(area, mask, true);
    context.fillStyle = "#000";
    context.fill();
  }
}

export function drawTrails(area, trails) {
  const { context } = area;
  context.lineJoin = context.lineCap = "round";
  for (const { label, points } of trails) {
    outline(
      area,
      points.map(([, x, y]) => [x, y]),
      false,
    );
    stroke(context, colourOf(label));
  }
}

function outline({ context, left, top, width, height }, points, closed) {
  context.beginPath();
  points.forEach(([x, y], number) => context[number ? "lineTo" : "moveTo"](left + x * width, top + y * height));
  if (closed) context.closePath();
}

function stroke(context, colour) {
  for (const [width, ink] of [
    [4, "rgba(0, 0, 0, 0.45)"],
    [2, colour],
  ]) {
    context.lineWidth = width;
    context.strokeStyle = ink;
    context.stroke();
  }
}

function nameAt({ context, left, top, width, height }, text, [x, y]) {
  context.font = "600 12px system-ui, sans-serif";
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.strokeStyle = "rgba(0, 0, 0, 0.7)";
  context.fillStyle = "#fff";
  const at = [
    Math.min(left + x * width + 6, left + width - context.measureText(text).width - 4),
    Math.min(top + y * height + 5, top + height - 16),
  ];
  context.strokeText(text, ...at);
  context.fillText(text, ...at);
}

function inPixels({ left, top, width, height }, [x1, y1, x2, y2]) {
  return [left + x1 * width, top + y1 * height, left + x2 * width, top + y2 * height];
}
