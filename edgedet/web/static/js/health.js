// How it goes: live charts, what each step costs, disk, log.

import { address, get } from "./api.js";
import { Chart, meter } from "./charts.js";
import { h, icon, say } from "./dom.js";
import { alarm } from "./notes.js";
import { lasting, size } from "./times.js";

const EVERY = 2; // seconds between two looks
const LOG_EVERY = 5;
const MOST = 300; // looks remembered: ten minutes
const STEPS = [
  ["age", "Waiting"],
  ["preprocess", "Preprocess"],
  ["invoke", "Inference"],
  ["decode", "Decode"],
  ["publish", "Publish"],
  ["end_to_end", "Capture to published"],
];
// by the history's name: what it is called, what the chart's top is at least, the same from a report, and in words
const FIGURES = {
  detect_fps: ["Detection", 10, (r) => r.fps.detect, (v) => `${v.toFixed(1)} FPS`],
  capture_fps: ["Capture", 10, (r) => r.fps.capture, (v) => `${v.toFixed(1)} FPS`],
  invoke_ms: ["Inference", 10, (r) => r.latency_ms.invoke?.p50, (v) => `${v.toFixed(1)} ms`],
  end_to_end_ms: ["Capture to published", 40, (r) => r.latency_ms.end_to_end?.p50, (v) => `${v.toFixed(0)} ms`],
  process_percent: ["CPU, this program", 100, (r) => r.cpu.process_percent, (v) => `${v.toFixed(0)}% of a core`],
  system_percent: ["CPU, all", 100, (r) => r.cpu.system_percent, (v) => `${v.toFixed(0)}%`],
  temperature_c: ["Temperature", 85, (r) => r.temperature_c, (v) => `${v.toFixed(0)} °C`],
  rss_mb: ["Memory", 150, (r) => r.rss_mb, (v) => `${v.toFixed(0)} MB`],
};

export async function show(root, { session, signal }) {
  const ask = () => get("health", {}, signal);
  const [history, first] = await Promise.all([get("health/history", {}, signal), ask()]);
  const charts = Object.entries(FIGURES).map(([key, [name, top, value, text]]) => {
    return { chart: new Chart(name, top), past: history.figures[key] || [], value, text };
  });
  const about = h("p", { class: "soft" });
  const steps = h("div", { class: "card wide" });
  const room = h("div", { class: "card" });
  const draw = (report) => {
    for (const { chart, past, value, text } of charts) {
      past.push(value(report) ?? null);
      past.splice(0, past.length - MOST);
      chart.node.hidden = past.every((each) => each === null);
      chart.draw(past, past.at(-1) === null ? "" : text(past.at(-1)));
    }
    say(
      about,
      [report.model?.split("/").at(-1), report.runtime, `up ${lasting(report.uptime_s)}`].filter(Boolean).join(" · "),
    );
    steps.replaceChildren(h("h2", {}, "What each step takes"), table(report.latency_ms));
    room.replaceChildren(h("h2", {}, "Room and losses"), ...losses(report));
  };
  draw(first); // before anything is shown, so that nothing moves
  root.append(
    h("div", { class: "head" }, h("h1", {}, "Health"), about),
    h(
      "div",
      { class: "charts" },
      charts.map(({ chart }) => chart.node),
    ),
    h("div", { class: "pair" }, steps, room),
  );
  if (session.role === "admin") root.append(logCard(signal));
  const timer = setInterval(() => !document.hidden && ask().then(draw, () => {}), EVERY * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function table(latency) {
  const rows = STEPS.filter(([step]) => latency[step]).map(([step, name]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      ["p50", "p95", "p99"].map((part) => h("td", {}, latency[step][part].toFixed(1))),
    ),
  );
  const head = h(
    "tr",
    {},
    ["Milliseconds", "Median", "95%", "99%"].map((text) => h("th", { scope: "col" }, text)),
  );
  return h("table", {}, h("thead", {}, head), h("tbody", {}, rows));
}

const years = (count) => (count > 100 ? "over 100 years" : `${count.toFixed(count < 10 ? 1 : 0)} years`);
const LEVELS = { no_continuous: "Events only", lean: "Short clips", pictures: "Pictures, no clips" };

function losses(report) {
  const parts = [];
  const { disk, writes } = report;
  const problem = disk?.problem || writes?.problem;
  if (problem) parts.push(h("p", { class: "problem" }, problem));
  if (disk?.total)
    parts.push(meter("Disk", 1 - disk.free / disk.total, `${size(disk.free)} free of ${size(disk.total)}`));
  if (writes?.budget)
    parts.push(meter("Written today", writes.today / writes.budget, `${size(writes.today)} of ${size(writes.budget)}`));
  const drops = Object.entries(report.drops);
  const errors = Object.entries(report.errors).filter(([, count]) => count);
  const list = [
    ...drops.map(([name, count]) => [`Frames skipped, ${name}`, count]),
    ...errors.map(([name, count]) => [`Errors, ${name}`, count]),
  ];
  if (writes?.card_years) list.unshift(["Card lasts, if it goes on so", years(writes.card_years)]);
  if (writes?.level && writes.level !== "all") list.unshift(["Written now", LEVELS[writes.level]]);
  if (report.throttled?.length) list.unshift(["Throttled", report.throttled.join(", ")]);
  const governor = report.services?.governor;
  if (governor?.level) list.unshift(["Held back", `${governor.why}: at most ${governor.most_fps} frames a second`]);
  parts.push(
    h(
      "ul",
      { class: "rows" },
      list.map(([name, value]) => h("li", {}, h("span", {}, name), h("b", {}, String(value)))),
    ),
  );
  return parts;
}

function logCard(signal) {
  const text = h("pre", { class: "log", tabindex: "0", "aria-label": "The last lines of the log" });
  const fill = async () => {
    const lines = await get("health/log", { lines: 200 }, signal);
    const atEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 8;
    text.textContent = lines.lines.join("\n");
    if (atEnd) text.scrollTop = text.scrollHeight;
  };
  const timer = setInterval(() => !document.hidden && fill().catch(() => {}), LOG_EVERY * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  fill().catch(alarm);
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "head" },
      h("h2", {}, "Log"),
      h("a", { class: "button", href: address("health/bundle.zip"), download: "" }, icon("download"), "Support bundle"),
    ),
    text,
  );
}
