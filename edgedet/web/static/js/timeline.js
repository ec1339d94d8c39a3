// A day as a picture: a row for each camera and label, a bar for each event.

import { h, s } from "./dom.js";
import { colourOf } from "./palette.js";
import { href } from "./router.js";
import { clock } from "./times.js";

const ROW = 30;
const AXIS = 22;
const NARROWEST = 0.35; // percent of the day: an event of a second can still be seen and touched

/** The picture of a day's events. `day`: {begin, end}; events: {id, camera, label, started, until}. */
export function timeline(day, events, query) {
  const begin = new Date(day.begin);
  const length = new Date(day.end) - begin;
  const part = (time) => Math.min(100, Math.max(0, ((new Date(time) - begin) / length) * 100));
  const rows = grouped(events);
  const height = AXIS + Math.max(1, rows.length) * ROW;
  const picture = s("svg", {
    class: "day",
    height,
    width: "100%",
    role: "group",
    "aria-label": `Timeline, ${events.length} events`,
  });
  hours(picture, begin, length, height);
  const now = part(Date.now());
  if (now < 100)
    picture.append(
      s("rect", { class: "future", x: `${now}%`, y: AXIS, width: `${100 - now}%`, height: height - AXIS }),
    );
  rows.forEach(({ label, members }, row) => {
    const y = AXIS + row * ROW;
    for (const event of members) {
      const from = part(event.started);
      const wide = Math.max(NARROWEST, part(event.until) - from);
      const x = Math.min(from, 100 - wide);
      const bar = s("rect", {
        x: `${x}%`,
        y: y + 7,
        width: `${wide}%`,
        height: ROW - 14,
        rx: 2,
        fill: colourOf(label),
      });
      bar.append(s("title", {}, `${clock(event.started)} ${label}, ${event.camera}`));
      const link = s("a", { href: href("events", [event.id], query), tabindex: "-1", "aria-hidden": "true" }, bar);
      picture.append(link);
    }
  });
  const names = h(
    "div",
    { class: "day-names", "aria-hidden": "true" },
    rows.map(({ camera, label, members }) => {
      const chip = h("i", { class: "chip" });
      chip.style.backgroundColor = colourOf(label);
      return h("div", {}, chip, h("b", {}, label), h("span", {}, `${camera} · ${members.length}`));
    }),
  );
  return h("div", { class: "timeline" }, names, h("div", { class: "day-wrap" }, picture));
}

function grouped(events) {
  const rows = new Map();
  for (const event of events) {
    const key = JSON.stringify([event.camera, event.label]);
    if (!rows.has(key)) rows.set(key, { camera: event.camera, label: event.label, members: [] });
    rows.get(key).members.push(event);
  }
  return [...rows.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

// a line for each third hour that the day has, which is 23 or 25 when the clocks are changed
function hours(picture, begin, length, height) {
  for (let at = 0; at <= length; at += 3600e3) {
    const hour = new Date(begin.getTime() + at).getHours();
    if (hour % 3) continue;
    const x = `${(at / length) * 100}%`;
    const last = at === length;
    picture.append(s("line", { class: hour % 6 ? "grid" : "grid strong", x1: x, x2: x, y1: AXIS, y2: height }));
    if (hour % 6 === 0) {
      const text = last ? "24" : String(hour).padStart(2, "0");
      picture.append(s("text", { x, y: 14, "text-anchor": at === 0 ? "start" : last ? "end" : "middle" }, text));
    }
  }
}
