/**
 * Output of one run on its way to the page: coalesced, sent every so often, and capped.
 *
 * A busy Python loop never returns to the event loop, so nothing here waits for a timer: each write looks at the clock.
 * Past the cap text is dropped and counted, which keeps a flood cheap (for the page too) and stoppable. No part that is
 * sent exceeds what the page accepts of one (protocol.ts, LIMITS): a message beyond that ends the worker.
 */

import { LIMITS, type Part, type PartKind } from "../runtime/protocol.ts";
import { SCREEN_LIMITS, TextCap } from "../runtime/text-cap.ts";

export interface OutputLimits {
  /** Milliseconds between two sends. */
  readonly interval: number;
  /** Characters of stdout and stderr that one run may show before the rest is left out. */
  readonly text: number;
  /** Characters kept of what was left out. */
  readonly tail: number;
  /** Results, figures, tables and the like that one run may show. */
  readonly rich: number;
  /** Characters of one result, error, HTML or table. */
  readonly markup: number;
  /** Characters of one figure, as SVG source or base64. */
  readonly figure: number;
  /** Characters of all results, errors, tables and figures of one run. */
  readonly budget: number;
}

/** What a cell shows. */
export const OUTPUT_LIMITS: OutputLimits = {
  interval: 60,
  ...SCREEN_LIMITS,
  rich: 60,
  markup: 1_000_000,
  figure: 6_000_000,
  budget: 24_000_000,
};

/**
 * A command's output may go into a pipe or a file, where nothing may be missing: the screen has a cap of its own. This
 * one only keeps a program that never ends from filling the browser's memory, and is above what the workspace holds.
 */
export const COMMAND_LIMITS: OutputLimits = { ...OUTPUT_LIMITS, text: LIMITS.fileBytes };

/** Longest piece of text in one part, and most parts that wait: both well inside the protocol's limits. */
const PIECE = 1_000_000;
const MOST_WAITING = 200;

const FIGURES: readonly PartKind[] = ["png", "svg"];

export class OutputBatch {
  readonly #send: (parts: Part[]) => void;
  readonly #clock: () => number;
  readonly #limits: OutputLimits;
  readonly #cap: TextCap;
  #waiting: { kind: PartKind; chunks: string[]; length: number }[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #rich: number;
  #budget: number;
  #droppedRich = 0;

  constructor(send: (parts: Part[]) => void, clock: () => number, limits: OutputLimits = OUTPUT_LIMITS) {
    this.#send = send;
    this.#clock = clock;
    this.#limits = limits;
    this.#cap = new TextCap(limits);
    this.#rich = limits.rich;
    this.#budget = limits.budget;
  }

  write(kind: PartKind, data: string): void {
    if (kind === "stdout" || kind === "stderr") this.#text(kind, this.#cap.take(data));
    else if (kind === "error") this.#whole(kind, data);
    else if (this.#rich > 0) {
      this.#rich -= 1;
      this.#whole(kind, data);
    } else this.#droppedRich += 1;
    if (this.#waiting.length >= MOST_WAITING || this.#clock() - this.#sentAt >= this.#limits.interval) this.flush();
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
    const rest = this.#cap.rest();
    if (rest) {
      this.#text("stderr", rest.notice);
      this.#text("stdout", rest.tail);
    }
    if (this.#droppedRich > 0) this.#text("stderr", `\n[${this.#droppedRich} more figures or tables left out]\n`);
    this.flush();
  }

  /** What makes sense only whole (a table, a figure) is left out when it is too large; other text is cut. */
  #whole(kind: PartKind, data: string): void {
    const { markup, figure } = this.#limits;
    const room = Math.min(FIGURES.includes(kind) ? figure : markup, this.#budget);
    if (data.length <= room) {
      this.#budget -= data.length;
      this.#waiting.push({ kind, chunks: [data], length: data.length });
    } else if (kind === "result" || kind === "error") {
      this.#budget -= room;
      const left = (data.length - room).toLocaleString("en");
      const chunks = [data.slice(0, room), `\n… ${left} characters left out`];
      this.#waiting.push({ kind, chunks, length: room });
    } else {
      const what = FIGURES.includes(kind) ? "figure" : "table or HTML";
      const size = data.length.toLocaleString("en");
      this.#text("stderr", `\n[A ${what} of ${size} characters left out: show a part of it]\n`);
    }
  }

  /** Add text to the part that waits, or as parts of their own that are each short enough. */
  #text(kind: "stdout" | "stderr", data: string): void {
    for (let from = 0; from < data.length; from += PIECE) {
      const piece = data.slice(from, from + PIECE);
      const last = this.#waiting.at(-1);
      if (last?.kind === kind && last.length + piece.length <= PIECE) {
        last.chunks.push(piece);
        last.length += piece.length;
      } else this.#waiting.push({ kind, chunks: [piece], length: piece.length });
    }
  }
}
