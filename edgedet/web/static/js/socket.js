// The WebSocket that brings results, events and switches; opened again, with growing pauses, when it breaks.

import { address } from "./api.js";

const FIRST_PAUSE = 0.5;
const LONGEST_PAUSE = 15;
const SILENCE = 20; // seconds without a word, though cameras run, after which a dead network is suspected

class Socket extends EventTarget {
  #wanted = false;
  #link = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #heard = 0;
  #results = false;
  #withResults = false;
  state = "closed";

  constructor() {
    super();
    addEventListener("online", () => this.#again());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#again();
      this.#match();
    });
    setInterval(() => this.#check(), 5000);
  }

  open() {
    this.#wanted = true;
    if (!this.#link) this.#connect();
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const link = this.#link;
    this.#link = null;
    link?.close();
    this.#become("closed");
  }

  /** Whether to hear what is found in every frame, beside events and switches; only while the page is seen. */
  set results(wanted) {
    this.#results = wanted;
    setTimeout(() => this.#match(), 0); // a view that leaves and one that comes may both say so
  }

  #match() {
    if (!this.#link || this.#withResults === (this.#results && !document.hidden)) return;
    const old = this.#link;
    this.#connect();
    // one that isn't open yet can't be closed quietly
    if (old.readyState === WebSocket.CONNECTING) old.onopen = () => old.close();
    else old.close();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#withResults = this.#results && !document.hidden;
    const link = new WebSocket(address("ws", { results: this.#withResults ? 1 : 0 }).replace(/^http/, "ws"));
    this.#link = link;
    link.onopen = () => {
      this.#pause = FIRST_PAUSE;
      this.#heard = performance.now();
      this.#become("open");
    };
    link.onmessage = (message) => {
      this.#heard = performance.now();
      const said = JSON.parse(message.data);
      this.dispatchEvent(new CustomEvent(said.type, { detail: said }));
    };
    link.onclose = () => {
      if (this.#link !== link) return;
      this.#link = null;
      if (!this.#wanted) return;
      this.#become("lost");
      this.#timer = setTimeout(() => this.#connect(), this.#pause * 1000 * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    };
  }

  // the network or the screen came back: don't wait for the pause to end
  #again() {
    if (this.#wanted && !this.#link) this.#connect();
  }

  #check() {
    if (this.state === "open" && !document.hidden && performance.now() - this.#heard > SILENCE * 1000)
      this.#link?.close();
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

export const socket = new Socket();
