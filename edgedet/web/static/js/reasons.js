// Why something was an event, or would be none: what each condition of a rule said.

import { h, icon } from "./dom.js";

const WORDS = { true: ["yes", "Holds"], false: ["no", "Doesn't hold"], null: ["unsure", "Can't be told"] };

/** Verdicts as {condition, passed, seen, wanted}. */
export function reasons({ verdicts }) {
  if (!verdicts?.length) return h("p", { class: "soft" }, "Nothing was written down about it.");
  return h(
    "ul",
    { class: "reasons" },
    verdicts.map(({ condition, passed, seen, wanted }) => {
      const [sign, word] = WORDS[String(passed ?? null)];
      return h(
        "li",
        { class: sign },
        icon(sign),
        h(
          "div",
          {},
          h("b", {}, condition.replaceAll("_", " ")),
          h("span", { class: "unseen" }, `: ${word}.`),
          h("p", {}, seen),
          h("p", { class: "soft" }, `Wanted: ${wanted}`),
        ),
      );
    }),
  );
}
