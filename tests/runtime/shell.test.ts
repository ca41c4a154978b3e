import assert from "node:assert/strict";
import { test } from "node:test";
import { Bash } from "just-bash";
import { ByteFiles, byteString } from "../../browser/src/shell/byte-files.ts";
import { Checkout } from "../../browser/src/shell/checkout.ts";
import { functionsIn, loneCommand, read } from "../../browser/src/shell/line.ts";
import { LineEditor } from "../../browser/src/shell/line-editor.ts";
import { completions } from "../../browser/src/shell/words.ts";

const bash = new Bash({ cwd: "/home/learner/GrandModel", files: { "/home/learner/GrandModel/README.md": "hi\n" } });
const parse = (text: string) => read(text, (line) => bash.transform(line));

test("text that stops too early asks for more", () => {
  const early = [
    "if true; then",
    'echo "abc',
    "echo 'a",
    "cat <<EOF",
    "foo |",
    "foo &&",
    "foo \\",
    "(",
    "{ echo",
    "for i in 1 2; do",
    "while true; do",
    "case x in",
    "f() {",
    "echo $(",
    "[[ -f x",
  ];
  for (const text of early) assert.equal(parse(text).kind, "incomplete", text);
});

test("whole commands and wrong ones run", () => {
  for (const text of ["ls", "cat <<EOF\nhi\nEOF", "for i in 1; do echo $i; done", "a | b > c"]) {
    assert.equal(parse(text).kind, "whole", text);
  }
  for (const text of ["done", "fi"]) assert.equal(parse(text).kind, "wrong", text);
});

test("only a command alone may stream", () => {
  const lone = (text: string) => {
    const reading = parse(text);
    return reading.kind === "whole" ? loneCommand(reading.result) : undefined;
  };
  assert.equal(lone("kubectl logs -f x"), "kubectl");
  for (const text of [
    "kubectl logs x | grep a",
    "kubectl get pods > out",
    "kubectl a; kubectl b",
    "a && b",
    "$X",
    "(kubectl a)",
  ]) {
    assert.equal(lone(text), null, text);
  }
});

test("functions are found with their own source", () => {
  const text = "f() { echo hi; }";
  const reading = parse(text);
  assert.equal(reading.kind, "whole");
  if (reading.kind === "whole") assert.deepEqual([...functionsIn(reading.result, text).keys()], ["f"]);
});

test("the checkout reports what bash changed, and not what it was given", async () => {
  const shell = new Bash({ cwd: "/w", files: { "/w/.keep": "", "/elsewhere": "x" } });
  const fs = shell.fs as unknown as ConstructorParameters<typeof Checkout>[0];
  const checkout = new Checkout(fs, "/w");
  const bytes = (text: string) => new TextEncoder().encode(text);
  await checkout.receive([
    { path: ".keep", bytes: null },
    { path: "src/a.py", bytes: bytes("1\n") },
    { path: "b", bytes: bytes("2") },
  ]);
  assert.deepEqual(await checkout.changes(), []);
  await shell.exec("echo 3 >> src/a.py; rm b; mkdir -p new/deep; echo hi > new/deep/c; echo x > /outside");
  const changes = await checkout.changes();
  const text = Object.fromEntries(changes.map(({ path, bytes: now }) => [path, now && new TextDecoder().decode(now)]));
  assert.deepEqual(text, { "src/a.py": "1\n3\n", "new/deep/c": "hi\n", b: null });
  assert.deepEqual(await checkout.changes(), []);
});

test("a file of any size is read as bytes", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 256);
  const files = new ByteFiles({ "/w/data.bin": bytes });
  const text = byteString(bytes);
  assert.equal(text.length, bytes.length);
  assert.ok(bytes.every((byte, index) => text.charCodeAt(index) === byte));
  for (const read of [files.readFile("/w/data.bin", "latin1"), files.readFile("/w/data.bin", { encoding: "binary" })])
    assert.equal(await read, text);
  const shell = new Bash({ cwd: "/w", fs: files });
  assert.equal((await shell.exec("wc -c < data.bin")).stdout.trim(), "200000");
});

test("completion gives commands first and paths after", async () => {
  const fs = bash.fs;
  const root = "/home/learner/GrandModel";
  assert.deepEqual(await completions("kube", root, ["kubectl", "kill"], fs), { from: 0, words: ["kubectl"] });
  assert.deepEqual(await completions("echo a | ca", root, ["cat"], fs), { from: 9, words: ["cat"] });
  assert.deepEqual(await completions("cat READ", root, [], fs), { from: 4, words: ["README.md"] });
  assert.deepEqual(await completions("ls /home/lea", root, [], fs), { from: 3, words: ["/home/learner/"] });
});

function typed(editor: LineEditor, keys: string): string {
  editor.input(keys);
  return `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`;
}

test("the keys of readline edit the line", () => {
  assert.equal(typed(new LineEditor(), "abc\x1b[D\x1b[DX"), "aX|bc");
  assert.equal(typed(new LineEditor(), "one two\x17"), "one |");
  assert.equal(typed(new LineEditor(), "one two\x01\x1b[1;5C!"), "one!| two");
  assert.equal(typed(new LineEditor(), "one two\x01\x0b"), "|");
  assert.equal(typed(new LineEditor(), "ab\x7f\x7f\x7fc"), "c|");
  assert.equal(typed(new LineEditor(), "a😀\x1b[Db"), "ab|😀");
  assert.equal(typed(new LineEditor(), "a\x1b[99~b\x00"), "ab|");
});

test("history goes back and forth and keeps what was being typed", () => {
  const editor = new LineEditor(["ls", "pwd"]);
  assert.equal(typed(editor, "ec\x1b[A"), "pwd|");
  assert.equal(typed(editor, "\x1b[A\x1b[A"), "ls|");
  assert.equal(typed(editor, "\x1b[B\x1b[B\x1b[B"), "ec|");
  assert.deepEqual(editor.input("ho\r"), [{ kind: "redraw" }, { kind: "redraw" }, { kind: "submit", line: "echo" }]);
  assert.deepEqual(editor.history, ["ls", "pwd", "echo"]);
  editor.input("echo\r");
  editor.input("  \r");
  assert.deepEqual(editor.history, ["ls", "pwd", "echo"], "neither a repeat nor a blank line is history");
});

test("a paste of lines submits each of them", () => {
  const acts = new LineEditor().input("\x1b[200~a\r\nb\nc\x1b[201~");
  assert.deepEqual(
    acts.filter(({ kind }) => kind === "submit"),
    [
      { kind: "submit", line: "a" },
      { kind: "submit", line: "b" },
    ],
  );
});

test("Ctrl-C drops the line and Tab asks with what is before the cursor", () => {
  const editor = new LineEditor();
  assert.deepEqual(editor.input("kubectl x\x1b[D\t").at(-1), { kind: "complete", before: "kubectl " });
  editor.complete(0, "kubectl get ");
  assert.equal(editor.text, "kubectl get x");
  assert.deepEqual(editor.input("\x03"), [{ kind: "interrupt" }]);
  assert.equal(editor.text, "");
});
