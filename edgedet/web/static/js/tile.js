// One camera of the live view: picture, overlay, state, figures and switches.

import { address, get, post } from "./api.js";
import { button, h, icon, say, toggle } from "./dom.js";
import { confirmed } from "./dialogs.js";
import { alarm, note } from "./notes.js";
import { drawObjects, drawTrails, drawZones, prepared, Trails } from "./overlay.js";
import { Player } from "./player.js";
import { socket } from "./socket.js";

const STALE = 3; // seconds without a result after which boxes are taken away
const SWITCHES = [
  ["detection", "Detection"],
  ["recording", "Recording"],
  ["privacy", "Privacy"],
];

export class Tile {
  #camera;
  #shown;
  #admin;
  #canvas = h("canvas", { class: "overlay", "aria-hidden": "true" });
  #message = h("p", { class: "message" }, "Connecting");
  #figures = h("span", { class: "figures" });
  #dot = h("span", { class: "dot", "aria-hidden": "true" });
  #state = h("span", { class: "state", role: "status" }, "Connecting");
  #switches = h("div", { class: "switches" });
  #result = null;
  #heard = 0;
  #trails = new Trails();
  #zones = {};
  #playing = "connecting";
  #player;

  constructor(camera, shown, { admin, signal }) {
    [this.#camera, this.#shown, this.#admin] = [camera, shown, admin];
    this.stage = h("div", { class: "stage" }, this.#canvas, this.#message, this.#tools());
    this.stage.style.aspectRatio = String(this.#aspect);
    this.node = h(
      "article",
      { class: "card tile", "aria-label": camera.name },
      this.stage,
      h("div", { class: "caption" }, h("h2", {}, this.#dot, camera.name), this.#state, this.#figures),
      this.#switches,
    );
    this.#listSwitches();
    this.#player = new Player(this.stage, camera.name, {
      boxes: shown.burnt,
      told: (state) => this.#tell(state),
      signal,
    });
    socket.addEventListener("result", (event) => event.detail.camera === camera.name && this.#take(event.detail), {
      signal,
    });
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    get(`zones/${encodeURIComponent(camera.name)}`, {}, signal).then(
      (zones) => {
        this.#zones = zones;
        this.draw();
      },
      () => {},
    ); // without zones the picture is shown all the same
  }

  get #aspect() {
    return this.#camera.width && this.#camera.height ? this.#camera.width / this.#camera.height : 16 / 9;
  }

  /** What the camera list says of it now. */
  update(camera) {
    this.#camera = camera;
    this.stage.style.aspectRatio = String(this.#aspect);
    this.#listSwitches();
    this.#tell(this.#playing);
  }

  /** A switch was turned, here or elsewhere. */
  turned(name, on) {
    this.update({ ...this.#camera, switches: { ...this.#camera.switches, [name]: on } });
  }

  /** Other things are to be shown. */
  show(shown) {
    this.#shown = shown;
    this.#player.boxes = shown.burnt;
    this.draw();
  }

  /** Now and then: what is too old is taken away. */
  tick() {
    if (this.#result && performance.now() - this.#heard > STALE * 1000) {
      this.#result = null;
      this.#figures.textContent = "";
      this.draw();
    }
  }

  draw() {
    const result = this.#result;
    const area = prepared(this.#canvas, result ? result.width / result.height : this.#aspect);
    if (this.#camera.switches.privacy || this.#playing !== "playing") return;
    if (this.#shown.zones) drawZones(area, { ...this.#zones, masks: [] });
    if (!result || this.#shown.burnt) return;
    if (this.#shown.trails) drawTrails(area, this.#trails.all);
    drawObjects(area, result.objects, this.#shown);
  }

  #take(result) {
    this.#result = result;
    this.#heard = performance.now();
    this.#trails.add(result.objects, this.#heard / 1000);
    const age = result.age_ms < 1000 ? `${Math.round(result.age_ms)} ms` : `${(result.age_ms / 1000).toFixed(1)} s`;
    say(this.#figures, `${result.fps.toFixed(1)} FPS · ${age} old`);
    this.draw();
  }

  #tell(playing) {
    this.#playing = playing;
    const { state, detail, switches } = this.#camera;
    const lost = state !== "open" || playing === "lost";
    const [look, short, long] = switches.privacy
      ? ["off", "Private", "Privacy is on. Nothing is filmed."]
      : lost
        ? ["bad", "Lost", `Camera lost${detail && state !== "open" ? `: ${detail}` : ""}. It comes back by itself.`]
        : playing === "connecting"
          ? ["wait", "Connecting", "Connecting"]
          : ["good", switches.detection ? "Live" : "Live, not detecting", ""];
    this.node.dataset.look = look;
    say(this.#state, short);
    say(this.#message, long);
    this.#message.hidden = !long;
    this.draw();
  }

  #tools() {
    const name = encodeURIComponent(this.#camera.name);
    const file = `${this.#camera.name}.jpg`;
    const snapshot = h(
      "a",
      {
        class: "round over",
        href: address(`cameras/${name}/snapshot.jpg`),
        download: file,
        "aria-label": "Save a snapshot",
        title: "Save a snapshot",
      },
      icon("camera"),
    );
    const full = button("Full screen", { look: "round over", name: "expand", onclick: () => this.#fill() });
    full.hidden = !document.fullscreenEnabled;
    return h("div", { class: "tools" }, snapshot, full);
  }

  #fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.stage.requestFullscreen().catch(alarm);
  }

  #listSwitches() {
    const states = this.#camera.switches;
    const there = SWITCHES.filter(([name]) => states[name] !== null && states[name] !== undefined);
    const boxes = [...this.#switches.querySelectorAll("input")];
    if (boxes.length === there.length) boxes.forEach((box, number) => (box.checked = states[there[number][0]]));
    else {
      this.#switches.replaceChildren(
        ...there.map(([name, text]) =>
          toggle(text, states[name], (on) => this.#turn(name, text, on), { disabled: !this.#admin }),
        ),
      );
    }
  }

  async #turn(name, text, on) {
    const sure =
      name !== "privacy" ||
      !on ||
      (await confirmed(`Switch ${this.#camera.name} to private?`, "Nothing is filmed now"));
    try {
      if (!sure) return;
      await post(`cameras/${encodeURIComponent(this.#camera.name)}/switches/${name}`, { on });
      this.#camera = { ...this.#camera, switches: { ...this.#camera.switches, [name]: on } };
      note(`${this.#camera.name}: ${text.toLowerCase()} is ${on ? "on" : "off"}`);
      if (name === "privacy") this.#player.start();
      this.#tell(this.#playing);
    } catch (error) {
      alarm(error);
    } finally {
      this.#listSwitches();
    }
  }
}
