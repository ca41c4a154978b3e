// The questions of an attempt as a form. Everything works by keyboard alone and with native controls; every answer goes
// to `onAnswer` at once, so that nothing is lost by leaving the page.
import { builtHtml, counted, h } from "../elements/markup.ts";
import type { AskedQuestion, Attempt } from "./attempt.ts";
import type { ChoiceQuestion, NumericQuestion, OrderQuestion, Question } from "./bank.ts";
import { readNumber } from "./mark.ts";

export interface FormEvents {
  /** An answer changed: store the attempt. */
  onAnswer(): void;
  /** The learner hands the attempt in, complete or knowingly incomplete. */
  onHandIn(): void;
  /** Say something to those who do not see the change. */
  announce(text: string): void;
}

const INSTRUCTION: Record<Question["kind"], string> = {
  single: "One answer is right.",
  multiple: "Choose all that are right.",
  output: "Predict what this prints.",
  numeric: "Give a number.",
  order: "Not in the right order yet: put the first on top.",
};

/** The form. Its heading takes focus when the attempt begins. */
export function attemptForm(attempt: Attempt, events: FormEvents): HTMLFormElement {
  const count = h("p", { class: "gm-quiz-count" });
  const missing = h("div", { class: "gm-quiz-missing", tabindex: -1, hidden: true, role: "group" });
  const updateCount = (): void => {
    count.textContent = `${attempt.answered} of ${attempt.questions.length} answered`;
  };
  const changed = (question: Question, answer: Parameters<Attempt["set"]>[1]): void => {
    attempt.set(question, answer);
    updateCount();
    if (!missing.hidden) listMissing(missing, attempt, fields, events);
    events.onAnswer();
  };
  const fields: HTMLElement[] = attempt.questions.map((asked, index) =>
    questionField(asked, index, attempt, changed, events),
  );

  const form = h(
    "form",
    { class: "gm-quiz-form", novalidate: true, autocomplete: "off" },
    h("h2", { class: "gm-quiz-heading", tabindex: -1 }, "Your questions"),
    h("ol", { class: "gm-quiz-questions", role: "list" }, ...fields.map((field) => h("li", {}, field))),
    missing,
    h(
      "div",
      { class: "gm-quiz-end" },
      h("button", { type: "submit", class: "gm-button gm-button--primary" }, "Hand in"),
      count,
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (attempt.answered === attempt.questions.length) return events.onHandIn();
    listMissing(missing, attempt, fields, events);
    missing.focus();
  });
  updateCount();
  return form;
}

/** Names what has no answer, with links to it; handing in anyway stays possible. */
function listMissing(panel: HTMLElement, attempt: Attempt, fields: HTMLElement[], events: FormEvents): void {
  const open = attempt.questions.flatMap(({ question }, index) => (attempt.isAnswered(question) ? [] : [index]));
  const links = open.map((index) => {
    const go = (event: Event): void => {
      event.preventDefault();
      const field = fields[index] as HTMLElement;
      field.querySelector<HTMLElement>("input:checked, input, button:not([disabled])")?.focus();
      field.scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    return h("li", {}, h("a", { href: `#${fields[index]?.id}`, onclick: go }, `Question ${index + 1}`));
  });
  panel.replaceChildren(
    h("p", { id: "gm-quiz-missing" }, `${counted(open.length, "question has", "questions have")} no answer yet:`),
    h("ul", {}, ...links),
    h("button", { type: "button", class: "gm-button", onclick: () => events.onHandIn() }, "Hand in anyway"),
  );
  panel.setAttribute("aria-labelledby", "gm-quiz-missing");
  panel.hidden = open.length === 0;
}

type Changed = (question: Question, answer: Parameters<Attempt["set"]>[1]) => void;

function questionField(
  asked: AskedQuestion,
  index: number,
  attempt: Attempt,
  changed: Changed,
  events: FormEvents,
): HTMLFieldSetElement {
  const { question } = asked;
  const id = `gm-question-${index + 1}`;
  const legend = h(
    "legend",
    { id: `${id}-name` },
    `Question ${index + 1} `,
    h("span", { class: "gm-question-kind" }, INSTRUCTION[question.kind]),
  );
  const field = h(
    "fieldset",
    // The legend alone would leave out the question itself.
    { class: "gm-question", id, "aria-labelledby": `${id}-name ${id}-prompt` },
    legend,
    builtHtml("div", { class: "gm-question-prompt", id: `${id}-prompt` }, question.prompt_html),
  );
  switch (question.kind) {
    case "numeric":
      field.append(numericField(question, id, attempt, changed));
      break;
    case "order":
      field.append(orderField(question, asked.order, id, attempt, changed, events));
      break;
    default:
      if (question.code_html !== undefined)
        field.append(builtHtml("div", { class: "gm-question-code" }, question.code_html));
      field.append(choiceList(question, asked.order, id, attempt, changed));
  }
  return field;
}

function choiceList(
  question: ChoiceQuestion,
  order: number[],
  id: string,
  attempt: Attempt,
  changed: Changed,
): HTMLElement {
  const multiple = question.kind === "multiple";
  const answer = attempt.answer(question);
  const inputs = new Map<number, HTMLInputElement>();
  const onchange = (): void => {
    const chosen = [...inputs].filter(([, input]) => input.checked).map(([index]) => index);
    changed(question, multiple ? chosen.sort((a, b) => a - b) : chosen[0]);
  };
  const items = order.map((index) => {
    const input = h("input", { type: multiple ? "checkbox" : "radio", name: id, value: index, onchange });
    input.checked = Array.isArray(answer) ? answer.includes(index) : answer === index;
    inputs.set(index, input);
    const text = builtHtml("span", { class: "gm-choice-text" }, question.choices[index]?.html ?? "");
    return h("li", {}, h("label", { class: "gm-choice" }, input, text));
  });
  return h("ul", { class: "gm-choices", role: "list" }, ...items);
}

function numericField(question: NumericQuestion, id: string, attempt: Attempt, changed: Changed): HTMLElement {
  const problem = h("p", { class: "gm-question-problem", id: `${id}-problem`, role: "alert" });
  const check = (): void => {
    const typed = input.value.trim();
    const bad = typed !== "" && readNumber(typed, question.unit) === undefined;
    input.setAttribute("aria-invalid", String(bad));
    problem.textContent = bad ? "Not a number; write it like 1500 or 0.5." : "";
  };
  const input = h("input", {
    type: "text",
    class: "gm-field",
    inputmode: "decimal",
    spellcheck: "false",
    maxlength: 40,
    "aria-label": `Your answer, in ${question.unit}`,
    "aria-describedby": `${id}-problem`,
    oninput: () => {
      changed(question, input.value);
      if (problem.textContent !== "") check();
    },
    onchange: check,
  });
  const answer = attempt.answer(question);
  if (typeof answer === "string") input.value = answer;
  check();
  return h(
    "div",
    { class: "gm-numeric" },
    h("p", { class: "gm-numeric-line" }, input, h("span", { "aria-hidden": "true" }, question.unit)),
    problem,
  );
}

/** Up and down buttons, no dragging. Focus stays on the item that moves. */
function orderField(
  question: OrderQuestion,
  shown: number[],
  id: string,
  attempt: Attempt,
  changed: Changed,
  events: FormEvents,
): HTMLElement {
  const answer = attempt.answer(question);
  const order = Array.isArray(answer) ? [...answer] : [...shown];
  const list = h("ol", { class: "gm-order" });
  const rows = new Map<number, { row: HTMLLIElement; up: HTMLButtonElement; down: HTMLButtonElement; text: string }>();

  const move = (item: number, step: 1 | -1): void => {
    const from = order.indexOf(item);
    const to = from + step;
    if (to < 0 || to >= order.length) return;
    order.splice(from, 1);
    order.splice(to, 0, item);
    arrange();
    changed(question, [...order]);
    const { up, down, text } = rows.get(item) as { up: HTMLButtonElement; down: HTMLButtonElement; text: string };
    // At an end the button just pressed is disabled, and a disabled button loses focus.
    const next = step === -1 ? (up.disabled ? down : up) : down.disabled ? up : down;
    next.focus();
    events.announce(`${text}: now ${to + 1} of ${order.length}`);
  };
  const arrange = (): void => {
    for (const [place, item] of order.entries()) {
      const { row, up, down } = rows.get(item) as {
        row: HTMLLIElement;
        up: HTMLButtonElement;
        down: HTMLButtonElement;
      };
      list.append(row);
      up.disabled = place === 0;
      down.disabled = place === order.length - 1;
    }
  };
  for (const item of shown) {
    const text = builtHtml("span", { class: "gm-order-text", id: `${id}-item-${item}` }, question.items[item] ?? "");
    const words = (text.textContent ?? "").trim();
    const arrow = (label: string, sign: string, step: 1 | -1): HTMLButtonElement =>
      h(
        "button",
        {
          type: "button",
          class: "gm-button gm-order-move",
          "aria-label": `${label}: ${words}`,
          onclick: () => move(item, step),
        },
        h("span", { "aria-hidden": "true" }, sign),
      );
    const [up, down] = [arrow("Move up", "↑", -1), arrow("Move down", "↓", 1)];
    const row = h("li", {}, text, h("span", { class: "gm-order-buttons" }, up, down));
    rows.set(item, { row, up, down, text: words });
  }
  arrange();
  return list;
}
