// A question before something that can't be undone.

import { button, h } from "./dom.js";

/** Ask; resolves to whether it was confirmed. `content`: nodes between the question and the buttons. */
export function confirmed(question, yes, { content = [], danger = false } = {}) {
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = h(
      "dialog",
      { "aria-labelledby": "question", oncancel: (event) => (event.preventDefault(), close(false)) },
      h("h2", { id: "question" }, question),
      content,
      h(
        "div",
        { class: "actions end" },
        button("Cancel", { onclick: () => close(false) }),
        button(yes, { look: danger ? "danger" : "primary", onclick: () => close(true) }),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
