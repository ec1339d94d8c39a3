// Draws an event's track over its clip, in time with it.

import { drawObjects, drawTrails, prepared } from "./overlay.js";

const GAP = 1.5; // seconds between two rows across which a box is still drawn

/**
 * @param video the clip, in an element with `canvas` over it
 * @param rows [seconds on the source's clock, x1, y1, x2, y2, score], oldest first
 * @param begin when the clip begins on that clock
 */
export function follow(video, canvas, { label, rows, begin, signal }) {
  const draw = () => {
    const area = prepared(canvas, video.videoWidth / video.videoHeight || 16 / 9);
    if (!video.videoWidth) return;
    const now = begin + video.currentTime;
    const way = rows.filter((row) => row[0] <= now).map(([at, x1, , x2, y2]) => [at, (x1 + x2) / 2, y2]);
    if (way.length > 1) drawTrails(area, [{ label, points: way }]);
    const box = boxAt(rows, now);
    if (box) drawObjects(area, [{ label, ...box }]);
  };
  let asked = 0;
  const step = () => {
    draw();
    if (!video.paused && !video.ended) asked = requestAnimationFrame(step);
  };
  video.addEventListener("play", step, { signal });
  for (const name of ["seeked", "loadeddata", "timeupdate"]) video.addEventListener(name, draw, { signal });
  const watcher = new ResizeObserver(draw);
  watcher.observe(canvas);
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(asked);
    watcher.disconnect();
  });
}

/** The box at a time, between the rows around it; null: it wasn't seen then. */
export function boxAt(rows, now) {
  const next = rows.findIndex((row) => row[0] >= now);
  if (next === -1) return now - (rows.at(-1)?.[0] ?? -Infinity) < 0.3 ? boxOf(rows.at(-1)) : null;
  if (next === 0) return rows[0][0] - now < 0.1 ? boxOf(rows[0]) : null;
  const [before, after] = [rows[next - 1], rows[next]];
  if (after[0] - before[0] > GAP) return null;
  const part = (now - before[0]) / (after[0] - before[0]);
  return boxOf(before.map((value, number) => value + (after[number] - value) * part));
}

const boxOf = ([, x1, y1, x2, y2, score]) => ({ box: [x1, y1, x2, y2], score });
