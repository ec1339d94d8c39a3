// One event: its clip with the track drawn over it, its figures, why it was one, and what may be done with it.

import { get, post, remove } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, h, icon, toggle } from "./dom.js";
import { alarm, doing, note } from "./notes.js";
import { recall, remember } from "./kept.js";
import { href } from "./router.js";
import { follow } from "./trail.js";
import { clock, dayName, dayOf, lasting, size } from "./times.js";
import { reasons } from "./reasons.js";

const LOOK_EVERY = 3; // seconds between two looks for a clip that isn't there yet
const LATEST = 60; // seconds after an event's end by which its clip is there, if there is one

export async function showEvent(root, { rest: [id], query, session, signal }) {
  const back = href("events", [], Object.fromEntries(query));
  root.append(h("a", { class: "back", href: back }, icon("left"), "Events"));
  const ask = () => get(`events/${encodeURIComponent(id)}`, {}, signal);
  const event = await ask();
  const started = new Date(event.started);
  const title = h("h1", {}, `${event.label[0].toUpperCase()}${event.label.slice(1)}, ${event.camera}`);
  const detail = h("div", { class: "detail" });
  root.append(
    h("div", { class: "head" }, title, h("p", { class: "soft" }, `${dayName(dayOf(started))}, ${clock(started)}`)),
    detail,
  );
  const draw = (now) =>
    detail.replaceChildren(
      film(now, signal),
      h("div", { class: "side" }, facts(now), actions(now, session, back), why(now, signal)),
    );
  draw(event);
  const wait = async (before) => {
    const now = await ask();
    if (now.files.clip || now.phase !== before.phase) draw(now);
    if (isComing(now)) later(now);
  };
  const later = (last) => setTimeout(() => signal.aborted || wait(last).catch(() => {}), LOOK_EVERY * 1000);
  if (isComing(event)) later(event);
}

// a clip is finished some seconds after its event
function isComing(event) {
  return !event.files.clip && (event.phase !== "end" || Date.now() - new Date(event.ended) < LATEST * 1000);
}

function film(event, signal) {
  const { clip, snapshot } = event.files;
  if (!clip) {
    const picture =
      snapshot && h("img", { class: "picture", src: snapshot, alt: `The best picture of the ${event.label}` });
    const text = h("p", { class: picture ? "soft below" : "message" }, waitingFor(event));
    return picture
      ? h("div", { class: "card" }, h("div", { class: "stage" }, picture), text)
      : h("div", { class: "card" }, h("div", { class: "stage" }, text));
  }
  const video = h("video", {
    class: "picture",
    src: clip,
    controls: true,
    playsinline: true,
    preload: "metadata",
    poster: snapshot,
  });
  video.muted = true;
  const canvas = h("canvas", { class: "overlay", "aria-hidden": "true" });
  const rows = event.track || [];
  const stage = h("div", { class: "stage" }, video, canvas);
  video.addEventListener(
    "loadedmetadata",
    () => (stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`),
  );
  video.addEventListener("error", () => alarm(new Error("This browser can't play the clip. Download it instead.")));
  follow(video, canvas, { label: event.label, rows, begin: event.media.clip.begin, signal });
  const drawn = toggle("Draw the track", recall("track", true), (on) => {
    canvas.hidden = !on;
    remember("track", on);
  });
  canvas.hidden = !recall("track", true);
  return h("div", { class: "card" }, stage, h("div", { class: "switches" }, drawn));
}

function waitingFor(event) {
  if (event.phase !== "end") return "It goes on. The clip comes when it is over.";
  return isComing(event) ? "The clip is being finished." : "Nothing was recorded of it.";
}

function facts(event) {
  const rows = [
    ["Lasted", event.phase === "end" ? lasting(event.end - event.begin) : "goes on"],
    ["Best score", `${Math.round(event.best_score * 100)}%`],
    ["Rule", event.rule],
    ["Zones", event.zones.join(", ")],
    ["Lines", event.lines.map((line) => line.replace(":", ", to the ")).join("; ")],
    ["On disk", event.size ? size(event.size) : ""],
  ];
  return h(
    "dl",
    { class: "card facts" },
    rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

function actions(event, session, back) {
  const path = `events/${encodeURIComponent(event.id)}`;
  const bar = h("div", { class: "actions" });
  for (const [kind, text] of [
    ["clip", "Clip"],
    ["snapshot", "Picture"],
  ]) {
    const ending = kind === "clip" ? "mp4" : "jpg";
    if (event.files[kind])
      bar.append(
        h("a", { class: "button", href: event.files[kind], download: `${event.id}.${ending}` }, icon("download"), text),
      );
  }
  if (session.role !== "admin") return bar;
  const keep = button(event.kept ? "Kept" : "Keep", {
    name: event.kept ? "kept" : "keep",
    "aria-pressed": String(event.kept),
    onclick: () =>
      doing(keep, async () => {
        await post(`${path}/keep`, { kept: !event.kept });
        event.kept = !event.kept;
        note(event.kept ? "It is kept until you delete it." : "It is deleted when the space is needed.");
        bar.replaceWith(actions(event, session, back));
      }),
  });
  const gone = button("Delete", {
    name: "trash",
    onclick: async () => {
      if (
        !(await confirmed("Delete this event?", "Delete", {
          danger: true,
          content: [h("p", {}, "Its clip and pictures can't be brought back.")],
        }))
      )
        return;
      doing(gone, async () => {
        await remove(path);
        note("The event is deleted.");
        location.hash = back;
      });
    },
  });
  bar.prepend(keep);
  bar.append(gone);
  return bar;
}

function why(event, signal) {
  const place = h("div");
  const details = h("details", { class: "card why" }, h("summary", {}, "Why did this trigger?"), place);
  details.addEventListener("toggle", async () => {
    if (!details.open || place.children.length) return;
    try {
      place.replaceChildren(reasons(await get(`events/${encodeURIComponent(event.id)}/explain`, {}, signal)));
    } catch (error) {
      place.replaceChildren(h("p", { class: "soft" }, error.message));
    }
  });
  return details;
}
