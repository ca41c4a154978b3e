// One attempt at a quiz: which questions it asks, what was answered so far, and what it comes to.
import type { Event, Json, Result } from "../progress/index.ts";
import { type Bank, drawable, type Question } from "./bank.ts";
import { draw } from "./draw.ts";
import { type Answer, type Answers, isAnswerTo, type Mark, mark, QUESTION_POINTS } from "./mark.ts";

export interface AskedQuestion {
  question: Question;
  /** Indexes of its choices or items in the order in which they are shown. */
  order: number[];
}

export class Attempt {
  readonly bank: Bank;
  readonly seed: number;
  readonly avoid: readonly string[];
  readonly questions: readonly AskedQuestion[];
  readonly #answers = new Map<string, Answer>();

  constructor(bank: Bank, seed: number, avoid: readonly string[], answers: Record<string, unknown> = {}) {
    this.bank = bank;
    this.seed = seed;
    this.avoid = avoid;
    const byId = new Map(bank.questions.map((question) => [question.id, question]));
    this.questions = draw(bank.questions.map(drawable), bank.draw, seed, avoid).map(({ id, order }) => ({
      question: byId.get(id) as Question,
      order,
    }));
    for (const { question } of this.questions) {
      const answer = answers[question.id];
      // What was typed is kept even while it is no number yet, so that a reload does not eat it.
      if (isAnswerTo(question, answer) || (question.kind === "numeric" && typeof answer === "string"))
        this.#answers.set(question.id, answer);
    }
  }

  /** A new attempt: a fresh seed, and other questions than `before` as far as the bank has them. */
  static begin(bank: Bank, before: Attempt | null): Attempt {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] as number;
    return new Attempt(bank, seed, before?.questions.map(({ question }) => question.id) ?? []);
  }

  /** The attempt in `stored` (a draft or the result of an event), or null when it was not made from this bank. */
  static restore(bank: Bank, stored: Json | Result | undefined): Attempt | null {
    if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return null;
    const { seed, avoid, answers, version } = stored as Result;
    if (version !== bank.version || typeof seed !== "number" || typeof answers !== "object" || answers === null)
      return null;
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) return null;
    return new Attempt(bank, seed, Array.isArray(avoid) ? avoid : [], answers);
  }

  answer(question: Question): Answer | undefined {
    return this.#answers.get(question.id);
  }

  set(question: Question, answer: Answer | undefined): void {
    if (answer === undefined || answer === "" || (Array.isArray(answer) && answer.length === 0))
      this.#answers.delete(question.id);
    else this.#answers.set(question.id, answer);
  }

  isAnswered(question: Question): boolean {
    return isAnswerTo(question, this.answer(question));
  }

  get answered(): number {
    return this.questions.filter(({ question }) => this.isAnswered(question)).length;
  }

  mark(question: Question): Mark {
    return mark(question, this.answer(question));
  }

  get points(): number {
    return this.questions.reduce((sum, { question }) => sum + this.mark(question).points, 0);
  }

  get max(): number {
    return QUESTION_POINTS * this.questions.length;
  }

  /** In integers, so that exactly the pass mark passes. */
  get passed(): boolean {
    return 100 * this.points >= this.bank.pass_mark * this.max;
  }

  /** What is stored while the attempt is under way. */
  draft(): Json {
    return { seed: this.seed, avoid: [...this.avoid], answers: this.#plainAnswers(), version: this.bank.version };
  }

  /** What is recorded when it is handed in: enough to draw and mark it again from the bank of this version. */
  result(): Result {
    const { seed, version } = { seed: this.seed, version: this.bank.version };
    const answers = this.#plainAnswers();
    return { points: this.points, max: this.max, seed, avoid: [...this.avoid], answers, version };
  }

  #plainAnswers(): Answers {
    return Object.fromEntries(
      this.questions.flatMap(({ question: { id } }) => {
        const answer = this.#answers.get(id);
        return answer === undefined ? [] : [[id, answer]];
      }),
    );
  }
}

/** The last attempt that was handed in and that this bank can show again, or null. */
export function lastAttempt(bank: Bank, events: readonly Event[]): Attempt | null {
  const last = events.filter(({ verb }) => verb === "answered").at(-1);
  return Attempt.restore(bank, last?.result);
}
