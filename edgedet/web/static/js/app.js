// The door: who is there, and where they go.

import { get, trust } from "./api.js";
import { h, icon, say } from "./dom.js";
import { alarm } from "./notes.js";
import { follow, open } from "./router.js";
import { socket } from "./socket.js";

const TABS = [
  ["live", "Live"],
  ["events", "Events"],
  ["zones", "Zones"],
  ["health", "Health"],
];
const RETRY_SECONDS = 3;

let session = null;

function showTabs(on) {
  const tabs = document.getElementById("tabs");
  tabs.hidden = !on;
  document.getElementById("me").hidden = !on;
  if (on && !tabs.children.length) {
    tabs.append(...TABS.map(([name, text]) => h("a", { href: `#/${name}` }, icon(name), h("span", {}, text))));
  }
}

async function enter() {
  try {
    session = await get("session");
  } catch (error) {
    if (error.status !== 401) {
      alarm(error);
      setTimeout(enter, RETRY_SECONDS * 1000);
      return;
    }
    session = {};
  }
  trust(session.csrf);
  const inside = Boolean(session.name);
  showTabs(inside);
  if (inside) {
    socket.open();
    follow(session);
  } else {
    socket.close();
    document.title = "edgedet";
    open(() => import("./entry.js"), { session, entered: enter });
  }
}

addEventListener("hashchange", () => session?.name && follow(session));
document.addEventListener("signed-out", () => {
  if (session?.name) enter();
});
document.addEventListener("entered-or-left", enter);
// the skip link's own address would be taken for a view
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
socket.addEventListener("state", () => {
  const link = document.getElementById("link");
  link.dataset.state = socket.state;
  // it may have been closed because the session is over
  if (socket.state === "lost")
    get("session").then(
      ({ name }) => !name && session?.name && enter(),
      () => {},
    );
  say(link, { lost: "Not connected. Trying again.", open: "", closed: "" }[socket.state]);
});

enter();
