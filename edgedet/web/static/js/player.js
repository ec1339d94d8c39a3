// The live picture of one camera: WebRTC where it works, else a stream of JPEGs, else a picture now and then.

import { address, post } from "./api.js";
import { h } from "./dom.js";

const FIRST_PICTURE = 8; // seconds that WebRTC may take to show one
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 20;
const STILL_EVERY = 2; // seconds
const STREAMS = 3; // browsers open six connections to a server at most; the rest of the page needs some

const TRIES = 2; // without a picture, after which WebRTC isn't tried again

let streams = 0;
let failures = 0;
let webrtcFails = typeof RTCPeerConnection === "undefined";

/**
 * Plays into `place`, a positioned element. `told(state)` hears "connecting", "playing" or "lost"; `boxes` wants them
 * burnt in. A page that is hidden shows nothing: the camera encodes only for those who look.
 */
export class Player {
  #place;
  #told;
  #camera;
  #boxes;
  #stop = () => {};
  #pause = FIRST_PAUSE;
  #timer = 0;
  #run = 0;
  kind = "";

  constructor(place, camera, { boxes = false, told = () => {}, signal }) {
    [this.#place, this.#camera, this.#boxes, this.#told] = [place, camera, boxes, told];
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#end() : this.start()), { signal });
    signal.addEventListener("abort", () => this.#end());
    if (!document.hidden) this.start();
  }

  /** The element that shows the picture; null: none yet. */
  get element() {
    return this.#place.querySelector(".picture");
  }

  set boxes(wanted) {
    if (wanted === this.#boxes) return;
    this.#boxes = wanted;
    this.start();
  }

  /** Begin, or begin anew. */
  start() {
    this.#end();
    this.#run += 1;
    this.#told("connecting");
    if (webrtcFails || this.#boxes) this.#playJpegs(this.#run);
    else this.#playWebrtc(this.#run);
  }

  #end() {
    clearTimeout(this.#timer);
    this.#stop();
    this.#stop = () => {};
    this.#place.querySelector(".picture")?.remove();
  }

  #lost() {
    this.#end();
    this.#told("lost");
    this.#timer = setTimeout(() => this.start(), this.#pause * 1000);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #playing(kind) {
    this.kind = kind;
    this.#pause = FIRST_PAUSE;
    this.#told("playing");
  }

  async #playWebrtc(run) {
    const video = h("video", {
      class: "picture",
      autoplay: true,
      muted: true,
      playsinline: true,
      "aria-label": `Live picture of ${this.#camera}`,
    });
    video.muted = true;
    this.#place.prepend(video);
    const link = new RTCPeerConnection();
    let seen = false;
    this.#stop = () => link.close();
    const fail = () => {
      if (run !== this.#run || link.connectionState === "closed") return;
      if (seen) return this.#lost();
      failures += 1;
      webrtcFails ||= failures >= TRIES;
      this.#end();
      this.#playJpegs(run);
    };
    video.onplaying = () => {
      seen = true;
      failures = 0;
      clearTimeout(this.#timer);
      this.#playing("webrtc");
    };
    link.ontrack = (event) => (video.srcObject = event.streams[0] || new MediaStream([event.track]));
    link.onconnectionstatechange = () => ["failed", "disconnected"].includes(link.connectionState) && fail();
    this.#timer = setTimeout(fail, FIRST_PICTURE * 1000);
    try {
      await this.#shakeHands(link);
    } catch (error) {
      // no such thing here, or too many watch so: don't ask again for each camera and each try
      if ([404, 501].includes(error.status)) webrtcFails = true;
      fail();
    }
  }

  async #shakeHands(link) {
    link.addTransceiver("video", { direction: "recvonly" });
    await link.setLocalDescription(await link.createOffer());
    await gathered(link);
    const { sdp, type } = link.localDescription;
    await link.setRemoteDescription(await post(`cameras/${encodeURIComponent(this.#camera)}/webrtc`, { sdp, type }));
  }

  #playJpegs(run) {
    if (streams >= STREAMS) return this.#playStills(run);
    const picture = this.#image();
    streams += 1;
    this.#stop = () => {
      streams -= 1;
      picture.removeAttribute("src"); // else the connection stays open
    };
    picture.onload = () => run === this.#run && this.#playing("mjpeg");
    picture.onerror = () => run === this.#run && this.#lost();
    // a number of its own: a second look at the same stream must not be answered by the first's
    picture.src = this.#address("stream.mjpg", { boxes: this.#boxes ? 1 : 0, n: Date.now() });
    return undefined;
  }

  #playStills(run) {
    const picture = this.#image();
    const next = () => (picture.src = this.#address("snapshot.jpg", { annotated: this.#boxes ? 1 : 0, n: Date.now() }));
    picture.onload = () => {
      if (run !== this.#run) return;
      this.#playing("stills");
      this.#timer = setTimeout(next, STILL_EVERY * 1000);
    };
    picture.onerror = () => run === this.#run && this.#lost();
    next();
  }

  #image() {
    const picture = h("img", { class: "picture", alt: `Live picture of ${this.#camera}` });
    this.#place.prepend(picture);
    return picture;
  }

  #address(what, query) {
    return address(`cameras/${encodeURIComponent(this.#camera)}/${what}`, query);
  }
}

function gathered(link) {
  return new Promise((resolve) => {
    const look = () => link.iceGatheringState === "complete" && resolve();
    link.addEventListener("icegatheringstatechange", look);
    setTimeout(resolve, 1500); // what was found by then is enough
    look();
  });
}
