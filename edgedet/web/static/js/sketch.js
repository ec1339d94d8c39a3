// Shapes as SVG over the picture: outlines, names, arrows, and the points that can be taken hold of.

import { s } from "./dom.js";

export const WIDTH = 1000; // units across; the height follows the picture

const percent = (value) => `${Math.round(value * 100)}%`;

/** Everything there is to see, as SVG nodes. `size`: {height, unit}: units down, and units to a pixel. */
export function sketch({ shapes, masks, chosen, draft, editable, size }) {
  return [
    ...masks.map((mask) => maskOf(mask, size)),
    ...shapes.map((shape, index) => shapeOf(shape, index, shape === chosen, editable, size)),
    draft ? draftOf(draft, size) : null,
  ].filter(Boolean);
}

/** Points as SVG writes them. */
export const written = (points, { height }) => points.map(([x, y]) => `${x * WIDTH},${y * height}`).join(" ");

function maskOf(mask, size) {
  return s("polygon", { class: "mask", points: written(mask, size) }, s("title", {}, "Privacy mask: never filmed"));
}

function shapeOf(shape, index, isChosen, editable, size) {
  const closed = shape.kind === "zone";
  const look = ["shape", shape.kind, shape.exclude ? "exclude" : "", isChosen ? "chosen" : ""].join(" ").trim();
  const points = written(shape.points, size);
  const group = s("g", { class: look, "data-shape": index });
  group.append(
    s(closed ? "polygon" : "polyline", { class: "halo", points }),
    s(closed ? "polygon" : "polyline", { class: "body", points }),
  );
  if (!closed) group.append(s("polyline", { class: "touch", points }), ...arrows(shape, size));
  group.append(nameOf(shape, size));
  if (isChosen && editable) group.append(...middles(shape, index, size), ...handles(shape, index, size));
  return group;
}

function nameOf({ name, points }, { height, unit }) {
  const [x, y] = points.reduce((best, point) => (point[1] < best[1] ? point : best));
  const anchor = x > 0.75 ? "end" : x < 0.25 ? "start" : "middle";
  const at = {
    x: x * WIDTH,
    y: Math.max(y * height - 14 * unit, 16 * unit),
    "text-anchor": anchor,
    "font-size": 13 * unit,
  };
  return s("text", { class: "name", ...at }, name);
}

function handles({ name, points }, index, { height, unit }) {
  return points.map(([x, y], number) =>
    s(
      "g",
      {
        class: "handle",
        tabindex: "0",
        role: "button",
        "data-shape": index,
        "data-point": number,
        "aria-label": `${name}, point ${number + 1}: ${percent(x)} across, ${percent(y)} down`,
        "aria-describedby": "keys",
        transform: `translate(${x * WIDTH} ${y * height})`,
      },
      s("circle", { class: "reach", r: 18 * unit }),
      s("circle", { class: "knob", r: 7 * unit }),
    ),
  );
}

// between two points, where a new one can be pulled out
function middles({ kind, points }, index, { height, unit }) {
  const ends = kind === "zone" ? [...points.slice(1), points[0]] : points.slice(1);
  return ends.map(([x2, y2], number) => {
    const [x1, y1] = points[number];
    const at = `translate(${((x1 + x2) / 2) * WIDTH} ${((y1 + y2) / 2) * height})`;
    return s(
      "g",
      { class: "middle", "data-shape": index, "data-middle": number, transform: at },
      s("circle", { class: "reach", r: 13 * unit }),
      s("circle", { class: "knob", r: 4.5 * unit }),
    );
  });
}

// which way counts: left is to the left of who walks from the first point to the last
function arrows({ points, direction }, { height, unit }) {
  const at = Math.floor((points.length - 1) / 2);
  const [from, to] = [points[at], points[at + 1]].map(([x, y]) => [x * WIDTH, y * height]);
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const long = Math.hypot(dx, dy) || 1;
  const [mx, my] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const sides = { left: [1], right: [-1], both: [1, -1] }[direction];
  return sides.map((side) => {
    const angle = (Math.atan2(-dx * side, dy * side) * 180) / Math.PI;
    const shaft = `M0 0H${24 * unit}m${-7 * unit} ${-6 * unit}l${7 * unit} ${6 * unit}l${-7 * unit} ${6 * unit}`;
    return s("path", { class: "arrow", d: shaft, transform: `translate(${mx} ${my}) rotate(${long > 1 ? angle : 0})` });
  });
}

function draftOf({ points, cursor, kind }, size) {
  const { height, unit } = size;
  const group = s("g", { class: "draft" });
  const all = cursor ? [...points, cursor] : points;
  group.append(
    s("polyline", { class: "halo", points: written(all, size) }),
    s("polyline", { class: "body", points: written(all, size) }),
  );
  points.forEach(([x, y], number) => {
    const first = number === 0 && kind === "zone" && points.length > 2;
    group.append(
      s("circle", { class: first ? "knob first" : "knob", cx: x * WIDTH, cy: y * height, r: (first ? 9 : 5) * unit }),
    );
  });
  if (cursor) {
    const [x, y] = [cursor[0] * WIDTH, cursor[1] * height];
    group.append(
      s("path", { class: "cross", d: `M${x - 12 * unit} ${y}h${24 * unit}M${x} ${y - 12 * unit}v${24 * unit}` }),
    );
  }
  return group;
}
