// <gm-progress view="…">: what the learner has done, in the place where it matters.
//
//   continue   home: the way on (instead of the page's own buttons)     map      states on the course map
//   module     a module's overview and its outline (data-module)        track    the same for a track (data-track-id)
//   topic      the foot of a topic page (data-topic); it also records   page     “My progress”
//              that the topic was opened and read
import { type CourseState, facts, type StorageFacts, state, subscribe } from "../progress/index.ts";
import { continueView, mapView, moduleView, trackView } from "../progress/views/course.ts";
import { pageView } from "../progress/views/page.ts";
import { topicView, watchReading } from "../progress/views/topic.ts";
import { h } from "./markup.ts";

type View = (host: HTMLElement, state: CourseState, facts: StorageFacts) => void | Promise<void>;

const VIEWS: Record<string, View> = {
  continue: continueView,
  map: mapView,
  module: moduleView,
  track: trackView,
  topic: topicView,
  page: pageView,
};

export class GmProgress extends HTMLElement {
  #leave: (() => void)[] = [];
  #drawing: Promise<void> | undefined;
  #again = false;

  connectedCallback(): void {
    this.#leave.push(subscribe(() => this.#refresh()));
    const { topic } = this.dataset;
    if (this.getAttribute("view") === "topic" && topic !== undefined) this.#leave.push(watchReading(this, topic));
    this.#refresh();
  }

  disconnectedCallback(): void {
    for (const leave of this.#leave.splice(0)) leave();
  }

  /** Draw again; changes that come while it draws are drawn together, once. */
  #refresh(): void {
    if (this.#drawing !== undefined) {
      this.#again = true;
      return;
    }
    this.#drawing = this.#draw().finally(() => {
      this.#drawing = undefined;
      if (!this.#again || !this.isConnected) return;
      this.#again = false;
      this.#refresh();
    });
  }

  async #draw(): Promise<void> {
    const view = VIEWS[this.getAttribute("view") ?? ""];
    if (view === undefined) return;
    try {
      const [known, storage] = await Promise.all([state(), facts()]);
      if (!this.isConnected) return;
      await view(this, known, storage);
      this.dataset.ready = "";
    } catch (error) {
      // Elsewhere the page is complete without progress; here progress is the page.
      if (this.getAttribute("view") !== "page") throw error;
      const words = error instanceof Error ? error.message : String(error);
      this.replaceChildren(
        h(
          "div",
          { class: "gm-panel" },
          h("p", {}, words),
          h("p", {}, h("button", { type: "button", class: "gm-button", onclick: () => this.#refresh() }, "Try again")),
        ),
      );
    }
  }
}

if (customElements.get("gm-progress") === undefined) customElements.define("gm-progress", GmProgress);
