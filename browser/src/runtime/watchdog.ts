/** Turns silence into a sentence: a step of the boot that says nothing for too long is given up, with the likely cause. */

export class SilenceError extends Error {
  override name = "SilenceError";
}

export class Watchdog {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #bark: (error: SilenceError) => void = () => {};
  /** Rejects once the watched party has been silent for longer than the last `expect` allowed. */
  readonly silence: Promise<never>;

  constructor() {
    this.silence = new Promise((_, reject) => {
      this.#bark = reject;
    });
    this.silence.catch(() => {}); // nobody may be waiting any more when it barks
  }

  /** From now on, `milliseconds` without another call of `expect` or `rest` mean that `sentence` is true. */
  expect(milliseconds: number, sentence: string): void {
    this.rest();
    this.#timer = setTimeout(() => this.#bark(new SilenceError(sentence)), milliseconds);
  }

  /** Stop watching. */
  rest(): void {
    clearTimeout(this.#timer);
  }
}
