/** A reflection question: one's own words first, kept with the record; then the model answer opens. */

import type { ExerciseReflection } from "../generated/exercise.ts";
import { record, save, saved } from "../progress/index.ts";
import { button, make } from "./dom.ts";
import { builtHtml } from "./markup.ts";

export async function openReflection(
  place: HTMLElement,
  question: ExerciseReflection,
  exercise: string,
): Promise<void> {
  const key = `reflection:${exercise}/${question.id}`;
  const kept = await saved(key);
  const field = make("textarea", "");
  field.rows = 4;
  field.value = typeof kept === "string" ? kept : "";
  const label = make("label", "", "Your answer");
  label.append(field);
  const status = make("span", "gm-status");
  status.setAttribute("role", "status");
  const model = builtHtml(
    "div",
    { class: "gm-model-answer gm-panel" },
    `<p><strong>One good answer</strong></p>${question.answer_html}`,
  );
  const keep = () => {
    const text = field.value.trim();
    if (text === "") {
      status.textContent = "Write your own answer first; then the model answer opens.";
      field.focus();
      return;
    }
    status.textContent = "Saved.";
    model.hidden = false;
    void save(key, text);
    void record({ verb: "reflected", object: `exercise:${exercise}`, result: { answers: { [question.id]: text } } });
  };
  model.hidden = field.value === "";
  const bar = make("div", "gm-runbar");
  bar.append(button({ label: "Save and compare", onClick: keep }), status);
  place.append(label, bar, model);
}
