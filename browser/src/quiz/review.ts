// What an attempt came to: the verdict, the points by objective, and every question with its explanations.
import { builtHtml, h } from "../elements/markup.ts";
import { pageUrl } from "../progress/index.ts";
import type { AskedQuestion, Attempt } from "./attempt.ts";
import type { ChoiceQuestion, Question } from "./bank.ts";
import { QUESTION_POINTS, type Verdict } from "./mark.ts";

/** Signs stand beside words, never for them; colour repeats what both say. */
const SIGN: Record<Verdict, string> = { right: "✓", "partly right": "◐", wrong: "✗", "no answer": "–" };

/** The result. Its heading takes focus; `again` draws a new attempt. */
export function attemptReview(attempt: Attempt, again: () => void): HTMLElement {
  const tryAgain = (): HTMLElement =>
    h(
      "p",
      { class: "gm-quiz-end" },
      h(
        "button",
        { type: "button", class: "gm-button gm-button--primary", onclick: again },
        "Try again with new questions",
      ),
    );
  return h(
    "div",
    { class: "gm-quiz-review" },
    summary(attempt),
    byObjective(attempt),
    tryAgain(),
    h("h2", {}, "Your answers"),
    h(
      "ol",
      { class: "gm-quiz-questions", role: "list" },
      ...attempt.questions.map((asked, index) => h("li", {}, reviewed(asked, index, attempt))),
    ),
    tryAgain(),
  );
}

/** “8.5 of 10”: points as the learner counts them, a question being one. */
export function inQuestions(points: number): string {
  return String(points / QUESTION_POINTS);
}

function summary(attempt: Attempt): HTMLElement {
  const { passed, points, max, bank } = attempt;
  const percent = Math.floor((100 * points) / max);
  const title = passed ? `Passed: ${percent} %` : `Not passed yet: ${percent} %`;
  const needed = inQuestions(Math.ceil((bank.pass_mark * max) / 100));
  const sentence = passed
    ? `${inQuestions(points)} of ${inQuestions(max)} points; ${needed} were needed.`
    : `${inQuestions(points)} of ${inQuestions(max)} points; ${needed} are needed. Read the explanations, then try again: a new attempt asks other questions.`;
  return h(
    "div",
    { class: `gm-quiz-summary ${passed ? "gm-result--ok" : "gm-result--bad"}` },
    h(
      "h2",
      { class: "gm-quiz-heading", tabindex: -1 },
      h("span", { "aria-hidden": "true" }, passed ? "✓ " : "✗ "),
      title,
    ),
    h("p", {}, sentence),
  );
}

function byObjective(attempt: Attempt): HTMLElement {
  const names = new Map(attempt.bank.objectives.map(({ id, text }) => [id, text]));
  const sums = new Map<string, { points: number; max: number }>();
  for (const { question } of attempt.questions) {
    const sum = sums.get(question.objective) ?? { points: 0, max: 0 };
    sum.points += attempt.mark(question).points;
    sum.max += QUESTION_POINTS;
    sums.set(question.objective, sum);
  }
  const rows = [...names].flatMap(([id, text]) => {
    const sum = sums.get(id);
    if (sum === undefined) return [];
    const share = Math.floor((100 * sum.points) / sum.max);
    const bar = h("span", { class: "gm-bar", "aria-hidden": "true" }, h("span", { style: `inline-size: ${share}%` }));
    const points = `${inQuestions(sum.points)} of ${inQuestions(sum.max)}`;
    return [h("tr", {}, h("th", { scope: "row" }, text), h("td", {}, points), h("td", { class: "gm-bar-cell" }, bar))];
  });
  return h(
    "table",
    { class: "gm-quiz-objectives" },
    h("caption", {}, "Points by objective"),
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col" }, "Objective"), h("th", { scope: "col" }, "Points"), h("td", {})),
    ),
    h("tbody", {}, ...rows),
  );
}

function reviewed({ question, order }: AskedQuestion, index: number, attempt: Attempt): HTMLElement {
  const { verdict, points } = attempt.mark(question);
  const tone = verdict === "right" ? "ok" : verdict === "partly right" ? "part" : "bad";
  const earned = verdict === "partly right" ? `, ${inQuestions(points)} of 1 point` : "";
  const article = h(
    "article",
    { class: "gm-question" },
    h(
      "h3",
      {},
      `Question ${index + 1} `,
      h(
        "span",
        { class: `gm-verdict gm-verdict--${tone}` },
        h("span", { "aria-hidden": "true" }, SIGN[verdict]),
        ` ${verdict}${earned}`,
      ),
    ),
    builtHtml("div", { class: "gm-question-prompt" }, question.prompt_html),
  );
  switch (question.kind) {
    case "numeric": {
      const typed = attempt.answer(question);
      const tolerance = question.tolerance > 0 ? ` (± ${question.tolerance})` : "";
      article.append(
        answerLine(
          "Your answer",
          typed === undefined ? "none" : verdict === "no answer" ? `${typed} (not a number)` : String(typed),
        ),
        answerLine("Right", `${question.answer}${tolerance} ${question.unit}`),
        builtHtml("div", { class: "gm-why" }, question.why_html),
      );
      break;
    }
    case "order": {
      const answer = attempt.answer(question);
      const given = Array.isArray(answer) ? answer : [];
      const rows = question.items.map((html, place) => {
        const at = given.indexOf(place);
        const note =
          at === -1
            ? null
            : h("span", { class: "gm-order-note" }, at === place ? " ✓ you had it here" : ` you had it at ${at + 1}`);
        return h("li", {}, builtHtml("span", {}, html), note);
      });
      article.append(
        h("p", { class: "gm-answer-line" }, h("b", {}, "The right order")),
        h("ol", { class: "gm-order gm-order--shown" }, ...rows),
        builtHtml("div", { class: "gm-why" }, question.why_html),
      );
      break;
    }
    default:
      if (question.code_html !== undefined)
        article.append(builtHtml("div", { class: "gm-question-code" }, question.code_html));
      article.append(...reviewedChoices(question, order, attempt));
  }
  article.append(seeLink(question));
  return article;
}

/** The choices that matter to this learner with their explanations; what is wrong with the others can be opened. */
function reviewedChoices(question: ChoiceQuestion, order: number[], attempt: Attempt): HTMLElement[] {
  const answer = attempt.answer(question);
  const isChosen = (index: number): boolean => (Array.isArray(answer) ? answer.includes(index) : answer === index);
  const others: HTMLElement[] = [];
  const items = order.map((index) => {
    const { html, correct, why_html } = question.choices[index] as ChoiceQuestion["choices"][number];
    const chosen = isChosen(index);
    const tone = chosen ? (correct ? "ok" : "bad") : correct ? "missed" : "plain";
    const notes = [chosen ? "your answer" : null, correct ? "right" : chosen ? "wrong" : null].filter(
      (note) => note !== null,
    );
    if (tone === "plain")
      others.push(
        h(
          "li",
          {},
          builtHtml("span", { class: "gm-choice-text" }, html),
          builtHtml("div", { class: "gm-why" }, why_html),
        ),
      );
    return h(
      "li",
      { class: `gm-reviewed gm-reviewed--${tone}` },
      h("span", { class: "gm-reviewed-sign", "aria-hidden": "true" }, tone === "plain" ? "" : correct ? "✓" : "✗"),
      h(
        "div",
        {},
        builtHtml("span", { class: "gm-choice-text" }, html),
        notes.length > 0 ? h("span", { class: "gm-reviewed-note" }, ` (${notes.join(", ")})`) : null,
        tone === "plain" ? null : builtHtml("div", { class: "gm-why" }, why_html),
      ),
    );
  });
  const list = h("ul", { class: "gm-choices gm-choices--reviewed", role: "list" }, ...items);
  if (others.length === 0) return [list];
  const title = others.length === 1 ? "Why not the other one" : "Why not the others";
  return [
    list,
    h("details", { class: "gm-question-others" }, h("summary", {}, title), h("ul", { role: "list" }, ...others)),
  ];
}

function answerLine(name: string, text: string): HTMLElement {
  return h("p", { class: "gm-answer-line" }, h("b", {}, `${name}: `), text);
}

function seeLink(question: Question): HTMLElement {
  return h(
    "p",
    { class: "gm-see" },
    "Taught in ",
    h("a", { href: pageUrl(question.see.url) }, question.see.title),
    ".",
  );
}
