import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isWorkspacePath,
  LIMITS,
  PROTOCOL,
  ProtocolError,
  parseFromPython,
  parseHttpAnswer,
  RateGate,
} from "../../browser/src/runtime/protocol.ts";

const done = { v: PROTOCOL, type: "done", run: "r1", ok: true, value: "0", world: '{"now":1}', files: [] };

function refused(message: unknown, what: RegExp): void {
  assert.throws(
    () => parseFromPython(message),
    (error) => error instanceof ProtocolError && what.test(error.message),
  );
}

test("a finished run passes, with its files", () => {
  const bytes = new Uint8Array([1, 2]);
  assert.deepEqual(parseFromPython({ ...done, files: [{ path: "models/a.npz", bytes }] }), {
    type: "done",
    run: "r1",
    ok: true,
    value: "0",
    world: '{"now":1}',
    files: [{ path: "models/a.npz", bytes }],
  });
});

test("what the shell begins with is plain names and short texts", () => {
  const ready = (environment: unknown) => ({
    v: PROTOCOL,
    type: "ready",
    world: null,
    note: "",
    commands: [],
    environment,
  });
  const parsed = parseFromPython(ready({ DEV_TOKEN: "a key" }));
  assert.deepEqual(parsed.type === "ready" && parsed.environment, { DEV_TOKEN: "a key" });
  for (const odd of [undefined, null, "A=1", ["A"]]) refused(ready(odd), /no object/);
  for (const name of ["a b", "1A", "", "path", "X=Y", "__proto__ "]) refused(ready({ [name]: "x" }), /plain name/);
  refused(ready({ A: 1 }), /no text/);
  refused(ready({ A: "x".repeat(LIMITS.path + 1) }), /longer than/);
  refused(ready(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`A${index}`, ""]))), /more than 100/);
});

test("fields that the protocol does not know are dropped", () => {
  const parsed = parseFromPython({ v: PROTOCOL, type: "progress", text: "Starting", extra: "<b>" });
  assert.deepEqual(parsed, { type: "progress", text: "Starting" });
});

test("another version, an unknown type and what is no message are refused", () => {
  refused({ ...done, v: 0 }, /another version/);
  refused({ v: PROTOCOL, type: "navigate", to: "/" }, /unknown type/);
  for (const odd of [null, undefined, "done", 3, [done]]) refused(odd, /no object/);
});

test("parts of unknown kind, or too many or too long, are refused", () => {
  const parts = (list: unknown) => ({ v: PROTOCOL, type: "parts", run: "r1", parts: list });
  refused(parts([{ kind: "script", data: "alert(1)" }]), /unknown kind/);
  refused(parts(Array(LIMITS.partsPerMessage + 1).fill({ kind: "stdout", data: "" })), /short list/);
  refused(parts([{ kind: "stdout", data: "x".repeat(LIMITS.part + 1) }]), /longer than/);
  refused(parts([{ kind: "stdout", data: 1 }]), /no text/);
});

test("a World snapshot must be JSON of an object and below 256 kB", () => {
  refused({ ...done, world: "gASV" }, /no JSON/);
  refused({ ...done, world: "[1]" }, /no object/);
  refused({ ...done, world: `"${"x".repeat(LIMITS.world)}"` }, /longer than/);
});

test("a file must lie in the workspace and hold bytes", () => {
  for (const path of ["/etc/passwd", "../up", "a/../b", "a//b", "", ".", "a\0b", "x".repeat(LIMITS.path + 1)]) {
    assert.equal(isWorkspacePath(path), false, JSON.stringify(path));
  }
  assert.equal(isWorkspacePath("src/training/a b.py"), true);
  refused({ ...done, files: [{ path: "../up", bytes: null }] }, /outside the workspace/);
  refused({ ...done, files: [{ path: "a", bytes: "text" }] }, /without bytes/);
});

test("the rate gate lets a limit through each second", () => {
  const gate = new RateGate(3);
  for (const now of [0, 1, 2]) gate.pass(now);
  assert.throws(() => gate.pass(3), ProtocolError);
  gate.pass(1001);
});

test("an HTTP answer has a status, headers that are text, and a body", () => {
  const answer = { status: 404, headers: { "Content-Type": "application/json" }, body: '{"error":{}}' };
  const parse = (value: object) => parseHttpAnswer(JSON.stringify(value));
  assert.deepEqual(parse({ ...answer, extra: 1 }), { ...answer, body: { error: {} } });
  assert.equal(parse({ status: 200, headers: { "Content-Type": "text/plain" }, body: "up 1" }).body, "up 1");
  assert.equal(parse({ status: 204, headers: {}, body: "" }).body, null);
  const refusedAnswer = (value: string, what: RegExp) =>
    assert.throws(
      () => parseHttpAnswer(value),
      (error) => error instanceof ProtocolError && what.test(error.message),
    );
  refusedAnswer("", /no JSON/);
  refusedAnswer("[]", /no object/);
  refusedAnswer(JSON.stringify({ ...answer, status: "404" }), /without a status/);
  refusedAnswer(JSON.stringify({ ...answer, status: 42 }), /without a status/);
  refusedAnswer(JSON.stringify({ ...answer, headers: { a: 1 } }), /header that is no text/);
  refusedAnswer(JSON.stringify({ ...answer, body: {} }), /body is no text/);
  refusedAnswer(JSON.stringify({ ...answer, body: "{" }), /body that is no JSON/);
});
