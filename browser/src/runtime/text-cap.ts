/** How much text of one run is shown: the beginning, a count of what was left out, and the end, which explains. */

export interface TextLimits {
  /** Characters that are shown before the rest is left out. */
  readonly text: number;
  /** Characters kept of what was left out. */
  readonly tail: number;
}

/** What a reader can still scroll through, and what a page can still draw. */
export const SCREEN_LIMITS: TextLimits = { text: 120_000, tail: 2_000 };

export class TextCap {
  readonly #limits: TextLimits;
  #room: number;
  #dropped = 0;
  #tail = "";

  constructor(limits: TextLimits = SCREEN_LIMITS) {
    this.#limits = limits;
    this.#room = limits.text;
  }

  /** As much of `text` as is still to be shown. */
  take(text: string): string {
    const shown = text.slice(0, this.#room);
    this.#room -= shown.length;
    const rest = text.length - shown.length;
    if (rest > 0) {
      this.#dropped += rest;
      const { tail } = this.#limits;
      this.#tail = (this.#tail + text.slice(-tail)).slice(-Math.min(tail, this.#dropped));
    }
    return shown;
  }

  /** What to say at the end of the run, and the end of what was left out; null when nothing was. */
  rest(): { readonly notice: string; readonly tail: string } | null {
    if (this.#dropped === 0) return null;
    const left = (this.#dropped - this.#tail.length).toLocaleString("en");
    const notice = `\n[${left} characters left out; the last ${this.#tail.length} follow]\n`;
    return { notice, tail: this.#tail };
  }
}
