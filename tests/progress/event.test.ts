import assert from "node:assert/strict";
import { test } from "node:test";
import { byMergeOrder, isProblem, readEvent } from "../../browser/src/progress/event.ts";
import { event } from "./helpers.ts";

test("an event with every part is read as it is", () => {
  const whole = event({
    verb: "answered",
    object: "quiz:module-01",
    result: { points: 850, max: 1000, seed: 4294967295, avoid: ["1.q01"], answers: { "1.q02": [0, 2] }, version: "a1" },
  });
  assert.deepEqual(readEvent(structuredClone(whole)), whole);
});

const refused: [why: string, value: unknown, problem: RegExp][] = [
  ["null", null, /not an object/],
  ["a list", [], /not an object/],
  ["an unknown key", { ...event(), score: 1 }, /unknown key "score"/],
  ["a key that reaches the prototype", JSON.parse('{"__proto__": {"points": 9}, "id": "x"}'), /cannot hold safely/],
  ["an id that is no ULID", event({ id: "1" }), /id is not a ULID/],
  ["a ULID in lower case", event({ id: event().id.toLowerCase() }), /id is not a ULID/],
  ["another device name", event({ device: "laptop" }), /device is not/],
  ["a local time", event({ at: "2026-11-22 10:00" }), /at is not a UTC time/],
  ["a month that does not exist", event({ at: "2026-13-22T10:00:00Z" }), /at is not a UTC time/],
  ["an unknown verb", event({ verb: "hacked" as "ran" }), /unknown verb "hacked"/],
  ["an object without a kind", event({ object: "1.1" }), /object is not kind:name/],
  ["negative points", event({ result: { points: -1 } }), /points is not a number from 0 up/],
  ["infinite points", event({ result: { points: Number.POSITIVE_INFINITY } }), /cannot hold safely/],
  ["more points than there are", event({ result: { points: 3, max: 2 } }), /more points than there are/],
  ["a seed with a fraction", event({ result: { seed: 0.5 } }), /seed is not an unsigned 32-bit integer/],
  ["a seed of 33 bits", event({ result: { seed: 2 ** 32 } }), /seed is not an unsigned 32-bit integer/],
  ["an event of a megabyte", event({ result: { answers: { a: "x".repeat(1e6) } } }), /larger than/],
];
for (const [why, value, problem] of refused) {
  test(`refused, with its text kept: ${why}`, () => {
    const read = readEvent(value);
    assert.ok(isProblem(read));
    assert.match(read.problem, problem);
    if (!why.startsWith("infinite")) assert.equal(read.raw, JSON.stringify(value));
  });
}

test("merge order is by time of the ULID, then device, then id", () => {
  const early = event({ id: `01ARYZ6S41${"Z".repeat(16)}`, device: "ZZZZZZZZZZ" });
  const lateA = event({ id: `01ARYZ6S42${"Z".repeat(16)}`, device: "AAAAAAAAAA" });
  const lateB1 = event({ id: `01ARYZ6S42${"0".repeat(16)}`, device: "BBBBBBBBBB" });
  const lateB2 = event({ id: `01ARYZ6S42${"0".repeat(15)}1`, device: "BBBBBBBBBB" });
  assert.deepEqual([lateB2, early, lateB1, lateA].sort(byMergeOrder), [early, lateA, lateB1, lateB2]);
});
