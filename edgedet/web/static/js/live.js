// The live view: all cameras in a grid.

import { get } from "./api.js";
import { h, pill } from "./dom.js";
import { recall, remember } from "./kept.js";
import { socket } from "./socket.js";
import { Tile } from "./tile.js";

const LOOK_EVERY = 5; // seconds between two looks at the cameras' states
const LAYERS = [
  ["boxes", "Boxes"],
  ["labels", "Labels"],
  ["zones", "Zones"],
  ["trails", "Trails"],
  ["burnt", "Drawn by camera"],
];
const SHOWN = { boxes: true, labels: true, zones: true, trails: false, burnt: false };

export async function show(root, { session, signal }) {
  const shown = { ...SHOWN, ...recall("shown", {}) };
  const grid = h("div", { class: "cameras" });
  const tiles = new Map();
  const layers = h(
    "fieldset",
    { class: "layers" },
    h("legend", { class: "unseen" }, "Show over the picture"),
    LAYERS.map(([name, text]) =>
      pill(text, shown[name], (on) => {
        shown[name] = on;
        remember("shown", shown);
        for (const tile of tiles.values()) tile.show({ ...shown });
      }),
    ),
  );
  root.append(h("h1", { class: "unseen" }, "Live"), layers, grid);

  const place = (cameras) => {
    for (const camera of cameras) {
      if (tiles.has(camera.name)) tiles.get(camera.name).update(camera);
      else {
        const tile = new Tile(camera, { ...shown }, { admin: session.role === "admin", signal });
        tiles.set(camera.name, tile);
        grid.append(tile.node);
      }
    }
    grid.classList.toggle("single", tiles.size === 1);
  };
  place(await get("cameras", {}, signal));

  socket.results = true;
  const look = setInterval(() => {
    for (const tile of tiles.values()) tile.tick();
  }, 1000);
  const ask = setInterval(() => {
    if (!document.hidden) get("cameras", {}, signal).then(place, () => {}); // the socket's state says that it is lost
  }, LOOK_EVERY * 1000);
  signal.addEventListener("abort", () => {
    socket.results = false;
    [look, ask].forEach(clearInterval);
  });
  socket.addEventListener("switch", ({ detail }) => tiles.get(detail.camera)?.turned(detail.switch, detail.on), {
    signal,
  });
}
