/**
 * Output of one run on its way to the page: coalesced, sent every so often, and capped.
 *
 * A busy Python loop never returns to the event loop, so nothing here waits for a timer: each write looks at the clock.
 * Past the cap text is dropped and counted, which keeps a flood cheap (for the page too) and stoppable; the end of what
 * was dropped is kept, because the last lines are those that explain.
 */

import type { Part, PartKind } from "../runtime/protocol.ts";

export interface OutputLimits {
  /** Milliseconds between two sends. */
  readonly interval: number;
  /** Characters of text that one run may show before the rest is left out. */
  readonly text: number;
  /** Characters kept of what was left out. */
  readonly tail: number;
  /** Figures, tables and the like that one run may show. */
  readonly rich: number;
}

export const OUTPUT_LIMITS: OutputLimits = { interval: 60, text: 120_000, tail: 2_000, rich: 60 };

const TEXT: readonly PartKind[] = ["stdout", "stderr"];

export class OutputBatch {
  readonly #send: (parts: Part[]) => void;
  readonly #clock: () => number;
  readonly #limits: OutputLimits;
  #waiting: { kind: PartKind; chunks: string[] }[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #room: number;
  #rich: number;
  #dropped = 0;
  #droppedRich = 0;
  #tail = "";

  constructor(send: (parts: Part[]) => void, clock: () => number, limits: OutputLimits = OUTPUT_LIMITS) {
    this.#send = send;
    this.#clock = clock;
    this.#limits = limits;
    this.#room = limits.text;
    this.#rich = limits.rich;
  }

  write(kind: PartKind, data: string): void {
    if (TEXT.includes(kind)) this.#text(kind, data);
    else if (kind === "error") this.#push(kind, data);
    else if (this.#rich > 0) {
      this.#rich -= 1;
      this.#push(kind, data);
    } else this.#droppedRich += 1;
    if (this.#clock() - this.#sentAt >= this.#limits.interval) this.flush();
  }

  /** Send what is waiting. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const parts = this.#waiting.map(({ kind, chunks }) => ({ kind, data: chunks.join("") }));
    this.#waiting = [];
    this.#sentAt = this.#clock();
    this.#send(parts);
  }

  /** Send the rest, and say what was left out. */
  end(): void {
    if (this.#dropped > 0) {
      const left = this.#dropped - this.#tail.length;
      this.#push(
        "stderr",
        `\n[${left.toLocaleString("en")} characters left out; the last ${this.#tail.length} follow]\n`,
      );
      this.#push("stdout", this.#tail);
    }
    if (this.#droppedRich > 0) this.#push("stderr", `\n[${this.#droppedRich} more figures or tables left out]\n`);
    this.flush();
  }

  #text(kind: PartKind, data: string): void {
    const shown = data.slice(0, this.#room);
    if (shown !== "") this.#push(kind, shown);
    this.#room -= shown.length;
    const rest = data.length - shown.length;
    if (rest > 0) {
      this.#dropped += rest;
      this.#tail = (this.#tail + data.slice(-this.#limits.tail)).slice(-Math.min(this.#limits.tail, this.#dropped));
    }
  }

  #push(kind: PartKind, data: string): void {
    const last = this.#waiting.at(-1);
    if (last?.kind === kind && TEXT.includes(kind)) last.chunks.push(data);
    else this.#waiting.push({ kind, chunks: [data] });
  }
}
