// Short messages at the lower edge, read aloud to those who can't see them.

import { button, h } from "./dom.js";

const SECONDS = 6;

/** Something went well. */
export function note(text) {
  put("notes", text, SECONDS);
}

/** Something went wrong: it stays until it is read. */
export function alarm(error) {
  if (error?.name === "AbortError") return;
  put("alerts", error?.message || String(error), 0);
}

function put(where, text, seconds) {
  const place = document.getElementById(where);
  for (const old of place.children) if (old.dataset.text === text) old.remove();
  const line = h("p", { class: "note" }, h("span", {}, text));
  line.dataset.text = text;
  line.append(button("Close", { look: "quiet round", name: "close", onclick: () => line.remove() }));
  place.append(line);
  while (place.children.length > 3) place.firstChild.remove();
  if (seconds) setTimeout(() => line.remove(), seconds * 1000);
}

/** Run something from a button; what goes wrong is shown, and the button can't be pressed twice meanwhile. */
export async function doing(control, work) {
  control.disabled = true;
  try {
    return await work();
  } catch (error) {
    alarm(error);
    return undefined;
  } finally {
    control.disabled = false;
  }
}
