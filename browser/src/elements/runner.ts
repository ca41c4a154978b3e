/** Running one piece of code and showing how it goes: what cells and labs have in common. */

import type { PythonJob } from "../runtime/protocol.ts";
import { type Outcome, session } from "../runtime/session.ts";
import type { Controls } from "./controls.ts";
import { OutputView } from "./output.ts";

/** Shown as `data-state` of the element: idle (stored output, or none), on the way, and how it ended. */
export type State = "idle" | "waiting" | "running" | "done" | "error" | "stopped" | "lost";

export type Ending =
  /** `said`: what to tell before how it ended. */
  | { readonly kind: "done"; readonly value: string; readonly seconds: number; readonly said: string }
  | { readonly kind: "error" | "stopped" };

const LOST = "Python was started anew since: run again before you use what this code defines.";
const STOPPED = "Stopped. Files and the simulated system are as after the last finished run; variables are lost.";

export function inSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

export class Runner {
  readonly view: OutputView;
  readonly #host: HTMLElement;
  readonly #output: HTMLElement;
  readonly #controls: Controls;
  #state: State = "idle";
  #generation = 0;

  constructor(host: HTMLElement, output: HTMLElement, controls: Controls) {
    this.#host = host;
    this.#output = output;
    this.#controls = controls;
    this.view = new OutputView(output);
  }

  set(state: State, text: string): void {
    this.#state = state;
    this.#host.dataset.state = state;
    this.#controls.show(state === "waiting" || state === "running", text);
  }

  /** Which worker the last run ended in; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  /** Status of Python, as far as it concerns this code. To be called whenever it changes. */
  follow(): void {
    const { phase, text, generation } = session().status;
    if (this.#state === "waiting" && phase === "booting") this.set("waiting", text);
    else if (this.#state === "running" && text) this.set("running", text);
    else if (this.#state === "idle" && phase === "failed") this.set("idle", text);
    else if (this.#state === "done" && phase === "ready" && generation !== this.#generation) this.set("lost", LOST);
  }

  /**
   * Run `job` and show its output. On "done" the caller says what that means; the other endings are shown here.
   * `said` is put before it, e.g. that other cells ran first.
   */
  async run(job: PythonJob, label: string, said = ""): Promise<Ending> {
    const python = session();
    let began = performance.now();
    let closeField = () => {};
    let isFresh = false;
    const clear = () => {
      if (!isFresh) this.view.clear(); // the old output stays until there is something newer to see
      isFresh = true;
    };
    this.set("waiting", python.busyWith ? `Waits for ${python.busyWith}` : python.status.text || "Starting Python");
    const { outcome } = python.run(job, label, {
      started: () => {
        began = performance.now();
        clear();
        this.set("running", "Running");
      },
      parts: (parts) => this.view.append(parts),
      ask: (prompt, answer) => {
        this.set("running", "Waits for your input");
        closeField = this.view.ask(prompt, (text) => {
          this.set("running", "Running");
          answer(text);
        });
      },
    });
    const result = await outcome;
    closeField();
    clear();
    this.#generation = python.status.generation;
    return this.#conclude(result, said + python.takeNotices(), (performance.now() - began) / 1000);
  }

  #conclude(outcome: Outcome, said: string, seconds: number): Ending {
    if (outcome.kind === "stopped") {
      this.set("stopped", said + STOPPED);
      return { kind: "stopped" };
    }
    if (outcome.kind === "failed") {
      this.set("error", outcome.message);
      return { kind: "error" };
    }
    if (!outcome.ok || this.#output.querySelector(":scope > .gm-error") !== null) {
      this.set("error", `${said}Ended with an error after ${inSeconds(seconds)}.`);
      return { kind: "error" };
    }
    return { kind: "done", value: outcome.value, seconds, said };
  }
}
