// Which view is shown, from the address: #/events/20261121-104455.123-front-7f3a?day=2026-11-21

import { h } from "./dom.js";
import { alarm } from "./notes.js";

const VIEWS = {
  live: () => import("./live.js"),
  events: () => import("./events.js"),
  zones: () => import("./zones.js"),
  health: () => import("./health.js"),
  account: () => import("./account.js"),
};

let leaving = new AbortController();

/** Where the address leads: the view's name, what follows it, and its query. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  return { name: name in VIEWS ? name : "live", rest, query: new URLSearchParams(query) };
}

/** The address of a view. */
export function href(name, rest = [], query = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  const text = new URLSearchParams(given).toString();
  return `#/${[name, ...rest].map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** Show a view: `show(root, {rest, query, session, signal})`. Its signal ends everything it began. */
export async function open(module, context) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const root = document.getElementById("main");
  const view = h("div", { class: "view" });
  try {
    const { show } = await module();
    if (signal.aborted) return;
    document.getElementById("alerts").replaceChildren();
    root.replaceChildren(view);
    root.focus({ preventScroll: true });
    scrollTo(0, 0);
    await show(view, { ...context, signal });
  } catch (error) {
    if (!signal.aborted) alarm(error);
  }
}

/** Show what the address says. */
export function follow(session) {
  const { name, rest, query } = here();
  for (const tab of document.querySelectorAll("#tabs a, #me")) {
    if (tab.hash.startsWith(`#/${name}`)) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.title = `${name[0].toUpperCase()}${name.slice(1)} · edgedet`;
  return open(VIEWS[name], { rest, query, session });
}
