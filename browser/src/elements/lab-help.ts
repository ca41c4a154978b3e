/** Help that is taken step by step: hints one after the other, the solution in stages. What was taken is counted. */

import type { ExerciseSolution } from "../generated/exercise.ts";
import { save, saved } from "../progress/index.ts";
import { button, make } from "./dom.ts";

async function savedCount(key: string): Promise<number> {
  const value = await saved(key);
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : 0;
}

/** A step's hints: the next one appears when the one before it was opened. */
export async function stageHints(step: HTMLElement, key: string): Promise<void> {
  const hints = [...step.querySelectorAll<HTMLDetailsElement>("details.gm-hint")];
  let opened = await savedCount(key);
  const show = () => {
    for (const [index, hint] of hints.entries()) hint.hidden = index > opened;
  };
  for (const [index, hint] of hints.entries()) {
    hint.addEventListener("toggle", () => {
      if (!hint.open || index < opened) return;
      opened = index + 1;
      show();
      void save(key, opened);
    });
  }
  show();
}

/** The solution, stage by stage, each after a question. */
export class SolutionView {
  readonly element = make("section", "gm-solution");
  readonly #stages: readonly ExerciseSolution[];
  readonly #key: string;
  readonly #next = make("div", "gm-solution-next");
  #shown = 0;

  constructor(stages: readonly ExerciseSolution[], key: string) {
    this.#stages = stages;
    this.#key = key;
    this.element.append(make("h3", "", "Solution"), this.#next);
    // Nothing is offered before it is known what was shown: an offer made anew would take a question away again.
    savedCount(key).then(
      (count) => {
        while (this.#shown < Math.min(count, stages.length)) this.#reveal();
        this.#offer();
      },
      () => this.#offer(),
    );
  }

  #offer(): void {
    const stage = this.#stages[this.#shown];
    this.#next.replaceChildren();
    if (!stage) return;
    const label = `Show part ${this.#shown + 1} of ${this.#stages.length}: ${stage.title}`;
    this.#next.append(button({ label, onClick: () => this.#confirm() }));
  }

  #confirm(): void {
    const question = make("p", "", "Seeing an answer is quickly done and teaches little. Have you opened the hints?");
    const show = button({
      label: "Show it",
      onClick: () => {
        this.#reveal();
        void save(this.#key, this.#shown);
        this.#offer();
      },
    });
    this.#next.replaceChildren(
      question,
      show,
      button({ label: "Not yet", primary: true, onClick: () => this.#offer() }),
    );
    show.focus();
  }

  #reveal(): void {
    const stage = this.#stages[this.#shown];
    if (!stage) return;
    this.#shown += 1;
    const part = make("figure", "gm-solution-part");
    const code = make("pre", "");
    code.append(make("code", "", stage.code));
    code.tabIndex = 0;
    part.append(make("figcaption", "", stage.title), code);
    this.#next.before(part);
  }
}
