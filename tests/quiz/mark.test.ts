import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt } from "../../browser/src/quiz/attempt.ts";
import type { Bank, ChoiceQuestion, NumericQuestion, OrderQuestion, Question } from "../../browser/src/quiz/bank.ts";
import { type Answer, mark, readNumber } from "../../browser/src/quiz/mark.ts";

const asked = { id: "1.q01", objective: "1.o1", difficulty: 1, prompt_html: "", see: { url: "", title: "" } };

function choices(kind: ChoiceQuestion["kind"], ...correct: boolean[]): ChoiceQuestion {
  return { ...asked, kind, choices: correct.map((right) => ({ html: "", correct: right, why_html: "" })) };
}
const order: OrderQuestion = { ...asked, kind: "order", items: ["a", "b", "c", "d", "e"], why_html: "" };
const numeric: NumericQuestion = { ...asked, kind: "numeric", answer: 0.3, tolerance: 0.05, unit: "%", why_html: "" };

const marks: [what: string, question: Question, answer: Answer | undefined, points: number, verdict: string][] = [
  ["the right choice", choices("single", false, true), 1, 100, "right"],
  ["a wrong choice", choices("single", false, true), 0, 0, "wrong"],
  ["no choice", choices("output", false, true), undefined, 0, "no answer"],
  ["a choice that is not there", choices("single", false, true), 2, 0, "no answer"],
  ["all of several", choices("multiple", true, true, false, false), [0, 1], 100, "right"],
  ["one of two", choices("multiple", true, true, false, false), [1], 50, "partly right"],
  ["one of three", choices("multiple", true, true, true), [1], 33, "partly right"],
  ["two of two and one wrong", choices("multiple", true, true, false, false), [0, 1, 2], 50, "partly right"],
  ["everything ticked", choices("multiple", true, true, false, false), [0, 1, 2, 3], 0, "wrong"],
  ["only wrong ones, never below zero", choices("multiple", true, true, false, false), [2, 3], 0, "wrong"],
  ["the same twice", choices("multiple", true, true, false, false), [0, 0], 0, "no answer"],
  ["the right order", order, [0, 1, 2, 3, 4], 100, "right"],
  ["the last first: three of four neighbours kept", order, [4, 0, 1, 2, 3], 75, "partly right"],
  ["reversed", order, [4, 3, 2, 1, 0], 0, "wrong"],
  ["an order with an item missing", order, [0, 1, 2, 3], 0, "no answer"],
  ["a number inside the tolerance", numeric, "0.33", 100, "right"],
  ["a number outside it", numeric, "0.36", 0, "wrong"],
  ["a number with its unit", numeric, " 0.3 % ", 100, "right"],
  ["a number with a comma", numeric, "0,3", 0, "no answer"],
];
for (const [what, question, answer, points, verdict] of marks)
  test(`${question.kind}: ${what} -> ${points}`, () => assert.deepEqual(mark(question, answer), { points, verdict }));

test("numbers are read as people type them, and nothing is guessed", () => {
  const read = (typed: string) => readNumber(typed, "bytes");
  assert.deepEqual(
    ["12", "-3.5", "−3.5", "+2", ".5", "5.", "1e3", "1680 Bytes", "1680bytes"].map(read),
    [12, -3.5, -3.5, 2, 0.5, 5, 1000, 1680, 1680],
  );
  assert.deepEqual(
    ["16.7 %", "16.7 % of equity", "16.7"].map((typed) => readNumber(typed, "% of equity")),
    [16.7, 16.7, 16.7],
  );
  for (const typed of ["", ".", "1,5", "1 000", "abc", "0x10", "1e999", "--1", "Infinity"])
    assert.equal(read(typed), undefined, typed);
});

const bank: Bank = {
  schema: 1,
  bank: "module-01",
  module: 1,
  title: "",
  version: "v1",
  draw: 5,
  pass_mark: 80,
  objectives: [{ id: "1.o1", text: "" }],
  questions: Array.from({ length: 12 }, (_, index) => ({ ...choices("single", false, true), id: `1.q${index + 10}` })),
};

test("exactly the pass mark passes, one point below does not", () => {
  const attempt = new Attempt(bank, 7, []);
  for (const { question } of attempt.questions) attempt.set(question, 1);
  const [first, second] = attempt.questions;
  attempt.set((first as { question: Question }).question, 0);
  assert.deepEqual([attempt.points, attempt.max, attempt.passed], [400, 500, true]);
  attempt.set((second as { question: Question }).question, 0);
  assert.equal(attempt.passed, false);
});

test("an attempt can be drawn and marked again from what was recorded", () => {
  const attempt = new Attempt(bank, 4_000_000_000, ["1.q10", "1.q11"]);
  for (const [index, { question }] of attempt.questions.entries()) attempt.set(question, index % 2);
  const recorded = JSON.parse(JSON.stringify(attempt.result()));
  const again = Attempt.restore(bank, recorded);
  assert.deepEqual(again?.questions, attempt.questions);
  assert.equal(again?.points, recorded.points);
  assert.deepEqual(again?.result(), recorded);
});

test("an attempt in progress comes back with what was typed, finished or not", () => {
  const mixed: Bank = { ...bank, questions: [numeric], draw: 1 };
  const attempt = new Attempt(mixed, 1, []);
  attempt.set(numeric, "0.");
  attempt.set(numeric, "0,");
  const again = Attempt.restore(mixed, attempt.draft());
  assert.equal(again?.answer(numeric), "0,");
  assert.equal(again?.answered, 0);
});

test("what was not made from this version of the bank is not continued", () => {
  const draft = new Attempt(bank, 7, []).draft() as Record<string, unknown>;
  for (const damaged of [
    undefined,
    null,
    [],
    "x",
    { ...draft, version: "v0" },
    { ...draft, seed: -1 },
    { ...draft, answers: null },
  ])
    assert.equal(Attempt.restore(bank, damaged as never), null);
});

test("a new attempt avoids the questions of the one before", () => {
  const first = Attempt.begin(bank, null);
  const second = Attempt.begin(bank, first);
  const ids = (attempt: Attempt): string[] => attempt.questions.map(({ question }) => question.id);
  assert.equal(new Set([...ids(first), ...ids(second)]).size, 10);
});
