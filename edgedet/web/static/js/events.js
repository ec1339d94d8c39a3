// What happened: a day's timeline, and the list with pictures; or one event.

import { get } from "./api.js";
import { button, field, h, icon, say, select } from "./dom.js";
import { alarm } from "./notes.js";
import { colourOf } from "./palette.js";
import { here, href } from "./router.js";
import { socket } from "./socket.js";
import { timeline } from "./timeline.js";
import { dayName, dayOf, lasting, midnight, minute } from "./times.js";

const PAGE = 24;
const FINISHED_AFTER = 3; // seconds after its end by which an event has its pictures
const FILTERS = ["camera", "label", "zone", "kept"];

export async function show(root, context) {
  if (context.rest[0]) {
    const { showEvent } = await import("./event.js");
    return showEvent(root, context);
  }
  return new EventsView(root, context).begin();
}

class EventsView {
  #day;
  #filters;
  #signal;
  #list = h("ol", { class: "events" });
  #timeline = h("div", { class: "timeline-place" });
  #count = h("p", { class: "soft count", role: "status" });
  #more = button("Show more", { onclick: () => this.#page() });
  #fresh = button("New events", { look: "primary fresh", onclick: () => this.#load() });
  #next = null;
  #shown = new Map();
  #turn = 0;
  #busy = false;

  constructor(root, { query, signal }) {
    this.#signal = signal;
    this.#day = query.get("day") || dayOf(new Date());
    this.#filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) || ""]));
    this.#fresh.hidden = this.#more.hidden = true;
    this.#form = h("div", { class: "filters" });
    root.append(this.#head(), this.#timeline, this.#form, this.#count, this.#fresh, this.#list, this.#more);
  }

  #form;

  async begin() {
    const [cameras] = await Promise.all([get("cameras", {}, this.#signal), this.#load()]);
    await this.#listFilters(cameras);
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.#page(), { rootMargin: "400px" }).observe(
      this.#more,
    );
    socket.addEventListener("event", ({ detail }) => this.#heard(detail.event), { signal: this.#signal });
  }

  #head() {
    const date = h("input", {
      type: "date",
      value: this.#day,
      max: dayOf(new Date()),
      "aria-label": "Day",
      onchange: () => date.value && this.#go({ day: date.value }),
    });
    const step = (by) => this.#go({ day: dayOf(midnight(this.#day, by)) });
    const next = button("Next day", { look: "quiet round", name: "right", onclick: () => step(1) });
    next.disabled = this.#day >= dayOf(new Date());
    return h(
      "div",
      { class: "head" },
      h("h1", {}, this.#day === dayOf(new Date()) ? "Today" : dayName(this.#day)),
      h(
        "div",
        { class: "row" },
        button("Day before", { look: "quiet round", name: "left", onclick: () => step(-1) }),
        date,
        next,
      ),
    );
  }

  async #listFilters(cameras) {
    const all = await Promise.all(
      cameras.map(({ name }) =>
        get(`zones/${encodeURIComponent(name)}`, {}, this.#signal).catch(() => ({ zones: {} })),
      ),
    );
    const zones = [...new Set(all.flatMap((each) => Object.keys(each.zones)))].sort();
    const labels = [...new Set([...this.#labels, this.#filters.label].filter(Boolean))].sort();
    const make = (name, text, options) => {
      const choice = select([["", "All"], ...options], this.#filters[name], {
        onchange: () => this.#go({ [name]: choice.value }),
      });
      return field(text, choice);
    };
    const plain = (values) => values.map((value) => [value, value]);
    this.#form.replaceChildren(
      cameras.length > 1 || this.#filters.camera
        ? make("camera", "Camera", plain(cameras.map(({ name }) => name)))
        : "",
      make("label", "Object", plain(labels)),
      zones.length || this.#filters.zone ? make("zone", "Zone", plain(zones)) : "",
      make("kept", "Kept", [
        ["true", "Kept"],
        ["false", "Not kept"],
      ]),
    );
  }

  #labels = new Set();

  // the address is the state: going back and sending a link both work
  #go(changes) {
    const query = { day: this.#day, ...this.#filters, ...changes };
    location.hash = href("events", [], query);
  }

  get #query() {
    return { day: this.#day, ...this.#filters };
  }

  async #load() {
    this.#turn += 1;
    this.#fresh.hidden = true;
    this.#next = null;
    this.#shown.clear();
    this.#list.replaceChildren();
    await Promise.all([this.#page(true), this.#drawDay()]);
  }

  async #drawDay() {
    const day = await get(`timeline/${this.#day}`, {}, this.#signal);
    for (const { label } of day.events) this.#labels.add(label);
    const shown = day.events.filter(
      ({ camera, label }) =>
        (!this.#filters.camera || camera === this.#filters.camera) &&
        (!this.#filters.label || label === this.#filters.label),
    );
    this.#timeline.replaceChildren(timeline(day, shown, this.#query));
  }

  async #page(first = false) {
    if (this.#busy || (!first && !this.#next)) return;
    this.#busy = true;
    const turn = this.#turn;
    try {
      const period = { since: midnight(this.#day).toISOString(), until: midnight(this.#day, 1).toISOString() };
      const page = await get("events", { ...period, ...this.#filters, limit: PAGE, before: this.#next }, this.#signal);
      if (turn !== this.#turn) return;
      this.#next = page.next;
      this.#more.hidden = !page.next;
      this.#list.append(...page.events.filter(({ id }) => !this.#shown.has(id)).map((event) => this.#item(event)));
      const many = this.#shown.size;
      say(this.#count, many ? "" : "Nothing happened, or nothing that fits.");
    } catch (error) {
      alarm(error);
    } finally {
      this.#busy = false;
    }
  }

  #item(event) {
    const node = h("li", {}, card(event, this.#query));
    this.#shown.set(event.id, node);
    return node;
  }

  async #again(id) {
    if (this.#signal.aborted) return;
    const event = await get(`events/${encodeURIComponent(id)}`, {}, this.#signal).catch(() => null);
    if (event) this.#shown.get(id)?.replaceChildren(card(event, this.#query));
  }

  #heard(event) {
    const node = this.#shown.get(event.id);
    if (node) {
      const kept = node.firstChild.dataset.kept === "true";
      const files = { thumbnail: node.querySelector("img")?.src };
      node.replaceChildren(card({ ...event, kept, files }, this.#query));
      if (event.phase === "end") setTimeout(() => this.#again(event.id), FINISHED_AFTER * 1000);
    } else if (event.phase === "start" && this.#day === dayOf(new Date()) && here().name === "events") {
      this.#fresh.hidden = false;
    }
  }
}

function card(event, query) {
  const seconds = event.end - event.begin;
  const place = [event.camera, ...event.zones].join(" · ");
  const colour = h("i", { class: "chip" });
  colour.style.backgroundColor = colourOf(event.label);
  const link = h(
    "a",
    { class: "card event", href: href("events", [event.id], query) },
    h(
      "span",
      { class: "thumb" },
      picture(event),
      event.kept ? h("span", { class: "badge" }, icon("kept"), h("span", { class: "unseen" }, "Kept")) : null,
    ),
    h(
      "span",
      { class: "what" },
      colour,
      h("b", {}, event.label),
      h("span", { class: "soft" }, `${Math.round(event.best_score * 100)}%`),
    ),
    h("span", { class: "soft" }, `${minute(event.started)} · ${event.phase === "end" ? lasting(seconds) : "going on"}`),
    h("span", { class: "soft cut" }, place),
  );
  link.dataset.kept = String(event.kept);
  return link;
}

function picture(event) {
  if (!event.files.thumbnail) return h("span", { class: "soft" }, "No picture");
  return h("img", { src: event.files.thumbnail, alt: "", loading: "lazy", decoding: "async", width: 320, height: 180 });
}
