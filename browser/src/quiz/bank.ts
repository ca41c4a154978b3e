// A question bank as the build writes it (`quizzes/<bank>.json`, from quizzes/<bank>.yml).
import type { Drawable } from "./draw.ts";

interface Asked {
  id: string;
  objective: string;
  difficulty: number;
  prompt_html: string;
  /** Where the answer is taught; the address is relative to the site root. */
  see: { url: string; title: string };
}

export interface Choice {
  html: string;
  correct: boolean;
  why_html: string;
}

export interface ChoiceQuestion extends Asked {
  kind: "single" | "multiple" | "output";
  choices: Choice[];
  /** `output`: the program whose output is to be predicted. */
  code_html?: string;
}

export interface NumericQuestion extends Asked {
  kind: "numeric";
  answer: number;
  /** Absolute, in `unit`. */
  tolerance: number;
  unit: string;
  why_html: string;
}

export interface OrderQuestion extends Asked {
  kind: "order";
  /** In the right order. */
  items: string[];
  why_html: string;
}

export type Question = ChoiceQuestion | NumericQuestion | OrderQuestion;

export interface Bank {
  schema: 1;
  bank: string;
  module: number;
  title: string;
  /** Hash of the bank: an attempt is continued and recomputed only with the questions it was made from. */
  version: string;
  draw: number;
  pass_mark: number;
  objectives: { id: string; text: string }[];
  questions: Question[];
}

/** @throws Error with a sentence when the bank is missing or is not of the schema that this bundle reads. */
export async function loadBank(url: URL): Promise<Bank> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error("The questions did not load: there is no connection.");
  }
  if (!response.ok) throw new Error(`The questions did not load (${url.pathname}: ${response.status}).`);
  const bank = (await response.json().catch(() => null)) as Bank | null;
  if (bank === null || bank.schema !== 1 || !Array.isArray(bank.questions) || bank.questions.length === 0)
    throw new Error(`${url.pathname} is not a question bank that this page can read. Reload the page.`);
  return bank;
}

export function drawable(question: Question): Drawable {
  const shown =
    question.kind === "numeric" ? 0 : question.kind === "order" ? question.items.length : question.choices.length;
  return { id: question.id, objective: question.objective, choices: shown, ordered: question.kind === "order" };
}
