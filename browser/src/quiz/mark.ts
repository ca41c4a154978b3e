// What an answer is worth. Every question is worth 100 points; points are integers, so that a score can be recomputed
// exactly. The rules are in docs/decisions/002-seeded-variants.md.
import type { Question } from "./bank.ts";

export const QUESTION_POINTS = 100;

/**
 * single, output: index of the chosen choice · multiple: indexes of the chosen ones · order: indexes of the items in the
 * learner's order (all as the bank lists them) · numeric: the text as typed.
 */
export type Answer = number | number[] | string;
export type Answers = { [question: string]: Answer };

export type Verdict = "right" | "partly right" | "wrong" | "no answer";

export interface Mark {
  points: number;
  verdict: Verdict;
}

/** Mark one answer. An answer that does not fit the question (from a damaged draft) counts as none. */
export function mark(question: Question, answer: Answer | undefined): Mark {
  if (!isAnswerTo(question, answer)) return { points: 0, verdict: "no answer" };
  const points = pointsFor(question, answer);
  return { points, verdict: points === QUESTION_POINTS ? "right" : points > 0 ? "partly right" : "wrong" };
}

/** True when `answer` has the form that the question asks for and is not empty. */
export function isAnswerTo(question: Question, answer: unknown): answer is Answer {
  switch (question.kind) {
    case "single":
    case "output":
      return isIndex(answer, question.choices.length);
    case "multiple":
      return isIndexes(answer, question.choices.length) && answer.length > 0;
    case "order":
      return isIndexes(answer, question.items.length) && answer.length === question.items.length;
    case "numeric":
      return typeof answer === "string" && readNumber(answer, question.unit) !== undefined;
  }
}

function pointsFor(question: Question, answer: Answer): number {
  switch (question.kind) {
    case "single":
    case "output":
      return question.choices[answer as number]?.correct ? QUESTION_POINTS : 0;
    case "multiple": {
      const chosen = answer as number[];
      const right = chosen.filter((index) => question.choices[index]?.correct).length;
      const all = question.choices.filter(({ correct }) => correct).length;
      return Math.floor((QUESTION_POINTS * Math.max(0, right - (chosen.length - right))) / all);
    }
    case "order": {
      const order = answer as number[];
      const kept = order.slice(1).filter((item, place) => item === (order[place] as number) + 1).length;
      return Math.floor((QUESTION_POINTS * kept) / (order.length - 1));
    }
    case "numeric": {
      const value = readNumber(answer as string, question.unit) as number;
      return Math.abs(value - question.answer) <= question.tolerance ? QUESTION_POINTS : 0;
    }
  }
}

/**
 * The number in what was typed, with or without the unit after it; undefined when there is none. A comma is refused
 * rather than guessed at: 1,500 is a thousand and a half to some and one and a half to others.
 */
export function readNumber(typed: string, unit: string): number | undefined {
  let text = typed.trim();
  // “16.7 %” will do where the unit is “% of equity”.
  const ending = [unit, unit.split(" ")[0] ?? ""].find(
    (one) => one !== "" && text.toLowerCase().endsWith(one.toLowerCase()),
  );
  if (ending !== undefined) text = text.slice(0, -ending.length).trim();
  if (!/^[-+−]?\d*\.?\d+(e[+-]?\d+)?$|^[-+−]?\d+\.$/i.test(text)) return undefined;
  const value = Number(text.replace("−", "-"));
  return Number.isFinite(value) ? value : undefined;
}

function isIndex(value: unknown, length: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < length;
}

function isIndexes(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.every((item) => isIndex(item, length)) && new Set(value).size === value.length;
}
