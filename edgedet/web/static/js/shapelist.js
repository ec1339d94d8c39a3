// The zones and lines as a list, with what can be said about each.

import { button, field, h, icon, pill, say, select } from "./dom.js";

const DIRECTIONS = [
  ["both", "Both ways"],
  ["left", "To its left"],
  ["right", "To its right"],
];
const KINDS = [
  ["include", "Counts objects"],
  ["exclude", "Ignores objects"],
];

/** Nodes for all shapes; the chosen one is open. */
export function shapeList(shapes, chosen, { editable, shared, choose, changed, removed }) {
  if (!shapes.all.length) {
    return h(
      "div",
      { class: "card empty" },
      h("p", {}, "No zones yet."),
      h(
        "p",
        { class: "soft" },
        "A zone is a part of the picture that rules can name, or where objects are ignored. A line tells who crosses it.",
      ),
    );
  }
  const rows = shapes.all.map((shape) => {
    const open = shape === chosen;
    const title = h(
      "button",
      {
        type: "button",
        class: "shape-title",
        "aria-expanded": String(open),
        onclick: () => choose(open ? null : shape),
      },
      icon(shape.kind === "zone" ? "polygon" : "line"),
      h("b", {}, shape.name || "No name"),
      h("span", { class: "soft" }, said(shape)),
    );
    const forAll = shared.includes(`${shape.kind}s.${shape.name}`);
    return h(
      "li",
      { class: open ? "open" : "" },
      title,
      open ? form(shapes, shape, { editable, forAll, changed, removed }, title) : null,
    );
  });
  return h("ul", { class: "card rows shape-rows" }, rows);
}

function said(shape) {
  if (shape.kind === "line") return DIRECTIONS.find(([value]) => value === shape.direction)[1].toLowerCase();
  return (shape.exclude ? "ignored" : "counts") + (shape.labels.length ? `: ${shape.labels.join(", ")}` : "");
}

function form(shapes, shape, { editable, forAll, changed, removed }, title) {
  const problem = h("p", { class: "problem", role: "alert" });
  const change = (how) => {
    shapes.step();
    how();
    say(problem, shapes.problem(shape));
    say(title.querySelector("b"), shape.name || "No name");
    say(title.querySelector("span"), said(shape));
    changed();
  };
  const name = h("input", {
    value: shape.name,
    maxlength: 40,
    autocapitalize: "off",
    spellcheck: "false",
    onchange: () => change(() => shapes.rename(shape, name.value.trim())),
  });
  const fields = [field("Name", name)];
  if (shape.kind === "zone") {
    const kind = select(KINDS, shape.exclude ? "exclude" : "include", {
      onchange: () => change(() => (shape.exclude = kind.value === "exclude")),
    });
    const labels = h("input", {
      value: shape.labels.join(", "),
      placeholder: "all",
      autocapitalize: "off",
      onchange: () =>
        change(
          () =>
            (shape.labels = labels.value
              .split(",")
              .map((each) => each.trim())
              .filter(Boolean)),
        ),
    });
    fields.push(field("What it does", kind), field("Objects", labels, "Such as person, dog; empty: all"));
  } else {
    const direction = select(DIRECTIONS, shape.direction, {
      onchange: () => change(() => (shape.direction = direction.value)),
    });
    fields.push(
      field(
        "Crossings that count",
        direction,
        "Seen by who walks from its first point to its last; the arrow shows it",
      ),
    );
  }
  fields.push(ruleChoice(shapes, shape, change));
  const gone = button("Remove", {
    name: "trash",
    onclick: () => {
      shapes.remove(shape);
      removed();
    },
  });
  return h(
    "fieldset",
    { class: "shape-form", disabled: !editable },
    h("legend", { class: "unseen" }, shape.name),
    forAll ? h("p", { class: "hint" }, "It is there for all cameras; what you change here is for this one.") : null,
    fields.filter(Boolean),
    problem,
    editable ? h("div", { class: "actions" }, gone) : null,
  );
}

// an event needs one of the zones and one of the lines that its rule names; a rule that names none looks everywhere
function ruleChoice(shapes, shape, change) {
  if (shape.exclude) return null;
  const names = Object.keys(shapes.rules);
  const pills = names.map((rule) =>
    pill(rule, shapes.wants(rule, shape), (on) => change(() => shapes.want(rule, shape, on))),
  );
  const hint = !names.length
    ? "There are no rules in the settings: every object counts everywhere, and this only says where it was."
    : "Chosen, a rule counts only what happens here. Not chosen by any, it only says where an event was.";
  return h(
    "fieldset",
    { class: "field plain" },
    h("legend", { class: "label" }, "Rules that need it"),
    names.length ? h("div", { class: "row" }, pills) : null,
    h("span", { class: "hint" }, hint),
  );
}
