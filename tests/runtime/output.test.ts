import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part } from "../../browser/src/runtime/protocol.ts";
import { PROTOCOL, LIMITS as PROTOCOL_LIMITS, parseFromPython } from "../../browser/src/runtime/protocol.ts";
import { COMMAND_LIMITS, OUTPUT_LIMITS, OutputBatch, type OutputLimits } from "../../browser/src/worker/output.ts";

const LIMITS = { ...OUTPUT_LIMITS, interval: 50, text: 20, tail: 6, rich: 2 };

function batch(limits: OutputLimits = LIMITS) {
  const sent: Part[][] = [];
  const clock = { now: 0 };
  const output = new OutputBatch(
    (parts) => sent.push(parts),
    () => clock.now,
    limits,
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

test("whatever a run writes, the page accepts each message of it", () => {
  const { sent, output } = batch(COMMAND_LIMITS);
  const huge = "y".repeat(PROTOCOL_LIMITS.part + 1);
  for (const kind of ["result", "error", "html", "table", "svg", "png", "stdout", "stderr"] as const)
    output.write(kind, huge);
  for (let line = 0; line < 1000; line += 1) {
    output.write("stdout", "out");
    output.write("stderr", "err");
  }
  output.end();
  for (const parts of sent) parseFromPython({ v: PROTOCOL, type: "parts", run: "a", parts });
  const of = (kind: string) => sent.flat().filter((part) => part.kind === kind);
  assert.match(of("result")[0]?.data.slice(-40) ?? "", /y\n… 7,000,001 characters left out$/);
  assert.match(of("stderr")[0]?.data ?? "", /A table or HTML of 8,000,001 characters left out/);
  assert.equal(of("html").length + of("table").length + of("svg").length + of("png").length, 0);
});

test("results and figures share one budget", () => {
  const { sent, output } = batch({ ...LIMITS, rich: 9, markup: 10, figure: 10, budget: 12 });
  output.write("svg", "0123456789");
  output.write("svg", "0123456789");
  output.write("result", "abcd");
  output.end();
  assert.deepEqual(
    sent.flat().map(({ kind, data }) => `${kind} ${data.trim()}`),
    [
      "svg 0123456789",
      "stderr [A figure of 10 characters left out: show a part of it]",
      "result ab\n… 2 characters left out",
    ],
  );
});

test("a command's output is not cut for the screen", () => {
  const { sent, output } = batch(COMMAND_LIMITS);
  output.write("stdout", "z".repeat(3_000_000));
  output.end();
  assert.equal(
    sent.flat().reduce((sum, { data }) => sum + data.length, 0),
    3_000_000,
  );
});
