// What other zones would have changed over the last day, and what saving changes in the settings file.

import { h } from "./dom.js";
import { colourOf } from "./palette.js";
import { clock, lasting } from "./times.js";

const PARTS = [
  ["appeared", "New", "would be events"],
  ["disappeared", "Gone", "would be none"],
  ["changed", "Other", "would be other than they were"],
];

/** What came of a try. */
export function compared({ comparison, before, after, problem, notes, unsure }) {
  if (problem) return h("p", { class: "problem" }, problem);
  const parts = PARTS.filter(([name]) => comparison[name].length);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Over the last day"),
    h("p", {}, `${before.length} events as it is, ${after.length} with these zones.`),
    parts.length ? null : h("p", { class: "soft" }, "Nothing would have been different."),
    parts.map(([name, short, long]) =>
      h(
        "details",
        { open: true },
        h("summary", {}, `${short}: ${comparison[name].length} ${long}`),
        h("ul", { class: "rows" }, comparison[name].slice(0, 30).map(rowOf)),
      ),
    ),
    unsure.length ? h("p", { class: "hint" }, `${unsure.length} events can't be told from their tracks.`) : null,
    notes.map((text) => h("p", { class: "hint" }, text)),
  );
}

function rowOf(each) {
  const event = each.after || each;
  const chip = h("i", { class: "chip" });
  chip.style.backgroundColor = colourOf(event.label);
  return h(
    "li",
    {},
    h("span", {}, chip, " ", h("b", {}, event.label), ` ${clock(event.started)}`),
    h("span", { class: "soft" }, lasting(event.end - event.begin)),
  );
}

/** A diff, line by line. */
export function changes(diff) {
  const lines = diff.split("\n").filter((line) => !/^(---|\+\+\+)/.test(line));
  return h(
    "pre",
    { class: "diff", tabindex: "0", "aria-label": "What changes in the file" },
    lines.map((line) => h("span", { class: { "+": "added", "-": "taken", "@": "place" }[line[0]] || "" }, `${line}\n`)),
  );
}
