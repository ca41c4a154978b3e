import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileDelta } from "../../browser/src/runtime/protocol.ts";
import { Workspace } from "../../browser/src/runtime/workspace.ts";

const file = (path: string, text: string | null) => ({
  path,
  bytes: text === null ? null : new TextEncoder().encode(text),
});

function texts(delta: FileDelta): Record<string, string | null> {
  return Object.fromEntries(delta.map(({ path, bytes }) => [path, bytes && new TextDecoder().decode(bytes)]));
}

test("a peer is told what the others changed, once, and not what it changed itself", () => {
  const workspace = new Workspace();
  const shell = workspace.peer();
  const python = workspace.peer();
  shell.incoming([file("a.py", "print(1)")]);
  assert.deepEqual(texts(python.outgoing()), { "a.py": "print(1)" });
  assert.deepEqual(python.outgoing(), []);
  assert.deepEqual(shell.outgoing(), []);
  python.incoming([file("a.py", null), file("out.csv", "1,2")]);
  assert.deepEqual(texts(shell.outgoing()), { "a.py": null, "out.csv": "1,2" });
});

test("a change by one peer is not hidden by a later one of another", () => {
  const workspace = new Workspace();
  const shell = workspace.peer();
  const python = workspace.peer();
  shell.incoming([file("one", "1")]);
  python.incoming([file("two", "2")]);
  assert.deepEqual(texts(python.outgoing()), { one: "1" });
  assert.deepEqual(texts(shell.outgoing()), { two: "2" });
});

test("given files yield to the learner's, deleted ones included, and are not reported as changes", () => {
  const workspace = new Workspace();
  const changed: string[] = [];
  workspace.onChange = (delta) => changed.push(...delta.map(({ path }) => path));
  workspace.restore([file("src/train.py", "mine"), file("README.md", null)]);
  workspace.give([file("src/train.py", "given"), file("README.md", "hello"), file("config.yml", "a: 1")], null);
  assert.deepEqual(changed, []);
  const files = Object.fromEntries(
    [...workspace.files()].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]),
  );
  assert.deepEqual(files, { "src/train.py": "mine", "config.yml": "a: 1" });
  workspace.apply([file("config.yml", "a: 2")], null);
  assert.deepEqual(changed, ["config.yml"]);
});

test("a new peer, as after Stop, is told everything", () => {
  const workspace = new Workspace();
  const first = workspace.peer();
  workspace.give([file("README.md", "hello")], first);
  first.incoming([file("notes.txt", "kept")]);
  assert.deepEqual(texts(workspace.peer().outgoing()), { "README.md": "hello", "notes.txt": "kept" });
});
