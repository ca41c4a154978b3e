import assert from "node:assert/strict";
import { test } from "node:test";
import { type Contents, type Draft, merge } from "../../browser/src/progress/contents.ts";
import { event } from "./helpers.ts";

const events = Array.from({ length: 12 }, (_, index) => event({ device: index % 2 ? "AAAAAAAAAA" : "BBBBBBBBBB" }));
const draft = (key: string, value: string, second: number): Draft => ({
  key,
  value,
  at: `2026-11-22T10:00:0${second}.000Z`,
});

const [a, b, c]: Contents[] = [
  { events: events.slice(0, 6), drafts: [draft("x", "a", 1), draft("same", "s", 1)], setAside: [] },
  {
    events: events.slice(3, 9).reverse(),
    drafts: [draft("x", "b", 2), draft("same", "s", 3)],
    setAside: [{ raw: "{", reason: "not JSON", at: "2026-11-22T10:00:00Z" }],
  },
  { events: [...events.slice(8), events[0]] as Contents["events"], drafts: [draft("x", "c", 2)], setAside: [] },
];
const join = (...sets: Contents[]): Contents => sets.reduce((left, right) => merge(left, right).contents);

test("merging is commutative", () => {
  assert.deepEqual(join(a, b), join(b, a));
  assert.deepEqual(join(b, c), join(c, b));
});

test("merging is associative", () => assert.deepEqual(join(join(a, b), c), join(a, join(b, c))));

test("merging is idempotent", () => {
  const once = join(a, b, c);
  assert.deepEqual(join(once, once), once);
  assert.deepEqual(join(once, a), once);
});

test("the later draft wins, the other is kept beside it, and equal ones are one", () => {
  assert.deepEqual(join(a, b).drafts, [
    draft("same", "s", 3),
    draft("x", "b", 2),
    { ...draft("x", "a", 1), key: "x@2026-11-22T10:00:01.000Z" },
  ]);
});
