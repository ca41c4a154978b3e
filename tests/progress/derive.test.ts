import assert from "node:assert/strict";
import { test } from "node:test";
import { derive } from "../../browser/src/progress/derive.ts";
import { course, event } from "./helpers.ts";

const open = (object = "topic:1.1") => event({ object });
const answer = (points: number) => event({ verb: "answered", object: "quiz:module-01", result: { points, max: 1000 } });
const pass = (object: string) => event({ verb: "passed", object });

test("before anything was done, every module is not started and the first topic is next", () => {
  const state = derive([], course);
  assert.deepEqual(
    state.modules.map(({ stage }) => stage),
    ["not started", "not started", "not started"],
  );
  assert.equal(state.last, null);
  assert.deepEqual(state.next, { title: "Introduction", url: "01-system-architecture/introduction/", module: 1 });
});

test("topics opened, cells run and reading to the end are told apart", () => {
  const cell = event({ verb: "ran", object: "cell:1.1/first-bars" });
  const [topic] = derive([open(), cell, cell], course).modules[0]?.topics ?? [];
  assert.deepEqual([topic?.stage, topic?.cellsRun, topic?.cells], ["started", 1, 2]);
  const read = derive([open(), event({ verb: "finished" })], course).modules[0]?.topics[0];
  assert.equal(read?.stage, "finished");
});

test("quiz: every attempt counts, the best is kept, and a percentage is never rounded up", () => {
  const quiz = derive([answer(700), answer(799), answer(500)], course).modules[0]?.quiz;
  assert.deepEqual(
    quiz?.attempts.map(({ percent }) => percent),
    [70, 79, 50],
  );
  assert.equal(quiz?.best?.points, 799);
  assert.equal(quiz?.passed, false);
});

test("a lab shows its best points, and stays passed after a worse try", () => {
  const check = (points: number) => event({ verb: "checked", object: "exercise:2.1", result: { points, max: 12 } });
  const events = [check(7), check(12), pass("exercise:2.1"), check(3)];
  const lab = derive(events, course).modules[1]?.labs[0];
  assert.deepEqual([lab?.points, lab?.max, lab?.passed, lab?.checks], [12, 12, true, 3]);
});

test("a module is finished when every written part is; planned parts are counted apart", () => {
  const events = [open(), event({ verb: "finished" }), answer(900), pass("quiz:module-01")];
  const [first] = derive(events, course).modules;
  assert.deepEqual([first?.stage, first?.done, first?.total, first?.planned], ["finished", 2, 2, 1]);
});

test("a module with nothing written is never finished", () => {
  assert.equal(derive([], course).modules[2]?.stage, "not started");
});

test("next is where the learner was while that is unfinished, then what follows, then what was left out", () => {
  assert.equal(derive([open("quiz:module-01")], course).next?.title, "Quiz: System Architecture Overview");
  assert.equal(derive([pass("quiz:module-01")], course).next?.title, "Lab 2.1: Agent Training");
  assert.equal(
    derive([event({ verb: "checked", object: "exercise:2.1" })], course).next?.title,
    "Lab 2.1: Agent Training",
  );
  assert.equal(derive([pass("exercise:2.1")], course).next?.title, "Introduction");
});

test("events about things that the course does not have are counted, and do not disturb", () => {
  const state = derive([open("topic:7.7"), event({ verb: "ran", object: "cell:index/hello" }), open()], course);
  assert.equal(state.elsewhere, 1);
  assert.equal(state.last?.title, "Introduction");
});

test("the order in which events arrive does not matter", () => {
  const events = [open(), answer(700), answer(900), pass("quiz:module-01"), event({ verb: "finished" })];
  assert.deepEqual(derive([...events].reverse(), course), derive(events, course));
});
