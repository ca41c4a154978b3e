// A stage of a part as it is shown everywhere: a sign, words, and a colour that repeats them.
import { h } from "../../elements/markup.ts";
import type { Stage } from "../index.ts";

const SIGN: Record<Stage, string> = { "not started": "○", started: "◐", finished: "●" };
/** Value of `data-state` for the style sheets. */
export const STATE: Record<Stage, string> = { "not started": "new", started: "started", finished: "done" };

/** The mark before a part: its sign for the eye, its words for a screen reader. */
export function stageSign(stage: Stage): HTMLElement {
  return h(
    "span",
    { class: "gm-stage", "data-state": STATE[stage] },
    h("span", { "aria-hidden": "true" }, SIGN[stage]),
    h("span", { class: "gm-unseen" }, `${stage}: `),
  );
}

/** “◐ 3 of 7 finished”: the sign and its words, both to be seen. */
export function stageText(stage: Stage, text: string = stage): HTMLElement {
  return h(
    "span",
    { class: "gm-stage", "data-state": STATE[stage] },
    h("span", { "aria-hidden": "true" }, `${SIGN[stage]} `),
    text,
  );
}

/** A bar for `done` of `total`; the numbers stand in words beside it. */
export function shareBar(done: number, total: number): HTMLElement {
  const share = total > 0 ? Math.floor((100 * done) / total) : 0;
  return h("span", { class: "gm-bar", "aria-hidden": "true" }, h("span", { style: `inline-size: ${share}%` }));
}
