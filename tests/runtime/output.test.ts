import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part } from "../../browser/src/runtime/protocol.ts";
import { OutputBatch } from "../../browser/src/worker/output.ts";

const LIMITS = { interval: 50, text: 20, tail: 6, rich: 2 };

function batch() {
  const sent: Part[][] = [];
  const clock = { now: 0 };
  const output = new OutputBatch(
    (parts) => sent.push(parts),
    () => clock.now,
    LIMITS,
  );
  return { sent, clock, output };
}

test("the first write goes out at once, later ones together after the interval", () => {
  const { sent, clock, output } = batch();
  output.write("stdout", "a");
  output.write("stdout", "b");
  output.write("stderr", "!");
  output.write("stdout", "c");
  clock.now = 50;
  output.write("stdout", "d");
  assert.deepEqual(sent, [
    [{ kind: "stdout", data: "a" }],
    [
      { kind: "stdout", data: "b" },
      { kind: "stderr", data: "!" },
      { kind: "stdout", data: "cd" },
    ],
  ]);
});

test("past the cap text is counted, and its end is shown when the run ends", () => {
  const { sent, output } = batch();
  output.write("stdout", "0123456789");
  for (let line = 0; line < 1000; line += 1) output.write("stdout", "abcdefghij");
  assert.equal(sent.flat().length, 1, "nothing goes out of what is past the cap while the run goes on");
  output.end();
  assert.deepEqual(sent.flat(), [
    { kind: "stdout", data: "0123456789" },
    { kind: "stdout", data: "abcdefghij" },
    { kind: "stderr", data: "\n[9,984 characters left out; the last 6 follow]\n" },
    { kind: "stdout", data: "efghij" },
  ]);
});

test("a text just past the cap loses nothing", () => {
  const { sent, output } = batch();
  output.write("stdout", "x".repeat(22));
  output.end();
  const shown = sent.flat().filter(({ kind }) => kind === "stdout");
  assert.equal(shown.map(({ data }) => data).join(""), "x".repeat(22));
});

test("figures and tables past their number are counted, errors are always shown", () => {
  const { sent, output } = batch();
  for (let count = 0; count < 5; count += 1) output.write("png", "iVBO");
  output.write("error", "Traceback");
  output.end();
  const kinds = sent.flat().map(({ kind }) => kind);
  assert.deepEqual(kinds, ["png", "png", "error", "stderr"]);
  assert.match(sent.flat().at(-1)?.data ?? "", /3 more figures or tables left out/);
});
