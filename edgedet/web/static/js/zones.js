// The zones editor: the live picture, what is drawn on it, and what it would change.

import { get, post, put } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, h, select } from "./dom.js";
import { Editor } from "./editor.js";
import { doing, note } from "./notes.js";
import { Player } from "./player.js";
import { href } from "./router.js";
import { shapeList } from "./shapelist.js";
import { Shapes } from "./shapes.js";
import { changes, compared } from "./trial.js";

const drafts = new Map(); // by camera: what isn't saved yet survives a look at another view

export async function show(root, { rest, session, signal }) {
  const cameras = await get("cameras", {}, signal);
  const camera = cameras.find(({ name }) => name === rest[0]) || cameras[0];
  const path = `zones/${encodeURIComponent(camera.name)}`;
  const stored = await get(path, {}, signal);
  const view = new ZonesView(root, { camera, cameras, path, stored, editable: session.role === "admin", signal });
  view.begin();
}

class ZonesView {
  #root;
  #about;
  #shapes;
  #editor;
  #spoken = h("p", { class: "soft spoken", role: "status" });
  #tools = h("div", { class: "actions tools-row" });
  #list = h("div", { class: "shapes" });
  #trial = h("div", { class: "trial", role: "status" });

  constructor(root, about) {
    [this.#root, this.#about] = [root, about];
    const { camera, stored, editable } = about;
    this.#shapes = drafts.get(camera.name) || Shapes.from(stored);
    this.#editor = new Editor(this.#shapes, {
      aspect: camera.width && camera.height ? camera.width / camera.height : 16 / 9,
      masks: stored.masks,
      editable,
      spoken: this.#spoken,
      told: (what) => this.#told(what),
    });
  }

  begin() {
    const { camera, cameras, editable, signal } = this.#about;
    const stage = h("div", { class: "stage" }, this.#editor.node);
    stage.style.aspectRatio = String(this.#editor.aspect);
    const player = new Player(stage, camera.name, { signal });
    signal.addEventListener("abort", () => player.element?.remove());
    const choice = select(
      cameras.map(({ name }) => [name, name]),
      camera.name,
      { "aria-label": "Camera", onchange: () => (location.hash = href("zones", [choice.value])) },
    );
    this.#root.append(
      h(
        "div",
        { class: "head" },
        h("h1", {}, "Zones"),
        cameras.length > 1 ? choice : h("p", { class: "soft" }, camera.name),
      ),
      h(
        "div",
        { class: "detail" },
        h("div", { class: "card" }, stage, editable ? this.#tools : null, this.#spoken),
        h(
          "div",
          { class: "side" },
          this.#list,
          editable ? this.#saving() : h("p", { class: "soft" }, "Only an admin may change them."),
          this.#trial,
        ),
      ),
      h(
        "p",
        { id: "keys", class: "unseen" },
        "Arrow keys move the point, with Shift further. Insert adds one, Delete takes it out.",
      ),
    );
    this.#told("chosen");
  }

  #told(what) {
    if (what === "changed") {
      drafts.set(this.#about.camera.name, this.#shapes);
      this.#trial.replaceChildren();
    }
    this.#drawTools();
    if (what !== "draft") this.#drawList();
  }

  #drawTools() {
    const { draft } = this.#editor;
    const drawing = draft
      ? [
          h(
            "span",
            { class: "soft" },
            draft.kind === "zone" ? "Tap the corners, the first again to close." : "Tap where it begins and ends.",
          ),
          draft.kind === "zone"
            ? button("Done", {
                look: "primary",
                disabled: draft.points.length < 3,
                onclick: () => this.#editor.finish(),
              })
            : null,
          button("Cancel", { onclick: () => this.#editor.cancel() }),
        ]
      : [
          button("Zone", { name: "polygon", onclick: () => this.#editor.begin("zone") }),
          button("Line", { name: "line", onclick: () => this.#editor.begin("line") }),
          button("Undo", {
            name: "undo",
            look: "quiet round",
            disabled: !this.#shapes.canUndo,
            onclick: () => this.#undo(),
          }),
        ];
    this.#tools.replaceChildren(...drawing.filter(Boolean));
  }

  #undo() {
    this.#shapes.undo();
    this.#editor.choose(null);
    this.#told("changed");
  }

  #drawList() {
    this.#list.replaceChildren(
      shapeList(this.#shapes, this.#editor.chosen, {
        editable: this.#about.editable,
        shared: this.#about.stored.shared,
        choose: (shape) => this.#editor.choose(shape),
        changed: () => {
          this.#editor.draw();
          drafts.set(this.#about.camera.name, this.#shapes);
          this.#drawTools();
        },
        removed: () => {
          this.#editor.choose(null);
          this.#told("changed");
        },
      }),
    );
  }

  #saving() {
    const attempt = button("Try on the last day", { onclick: () => doing(attempt, () => this.#try()) });
    const { remedy } = this.#about.stored;
    const save = button("Save", {
      look: "primary",
      disabled: Boolean(remedy),
      onclick: () => doing(save, () => this.#save()),
    });
    return h(
      "div",
      {},
      h("div", { class: "actions" }, attempt, save),
      remedy ? h("p", { class: "problem" }, `Can't be saved. ${remedy}`) : null,
    );
  }

  #check() {
    const wrong = this.#shapes.all.find((shape) => this.#shapes.problem(shape));
    if (wrong) throw new Error(`${wrong.name || `A ${wrong.kind}`}: ${this.#shapes.problem(wrong)}`);
    return this.#shapes.body;
  }

  async #try() {
    const body = this.#check();
    this.#trial.replaceChildren(h("p", { class: "soft" }, "Looking through the last day. This may take a while."));
    try {
      this.#trial.replaceChildren(compared(await post(`${this.#about.path}/try`, body, this.#about.signal)));
    } catch (error) {
      this.#trial.replaceChildren();
      throw error;
    }
  }

  async #save() {
    const { path, camera, stored } = this.#about;
    const body = { ...this.#check(), etag: stored.etag };
    const { diff } = await put(path, { ...body, confirm: false });
    if (!diff) return note("Nothing is different from what is saved.");
    if (!(await confirmed("Save this to the settings file?", "Save", { content: [changes(diff)] }))) return undefined;
    const saved = await put(path, { ...body, confirm: true });
    drafts.delete(camera.name);
    this.#shapes.saved();
    stored.etag = saved.etag;
    return note(`Saved and in force. The file as it was: ${saved.backup}`);
  }
}
