import assert from "node:assert/strict";
import { test } from "node:test";
import { asNotebook, asScript, howToInstall } from "../../browser/src/elements/notebook.ts";
import { RanCells, toRun } from "../../browser/src/elements/page-order.ts";
import { steps } from "../../browser/src/runtime/ladder.ts";
import { SilenceError, Watchdog } from "../../browser/src/runtime/watchdog.ts";

test("a cell runs after those above it that have not run", () => {
  const ran = new Set(["b"]);
  assert.deepEqual(
    toRun(["a", "b", "c", "d"], "d", (cell) => ran.has(cell)),
    ["a", "c"],
  );
  assert.deepEqual(
    toRun(["a"], "a", () => false),
    [],
  );
  assert.deepEqual(
    toRun(["a"], "elsewhere", () => false),
    [],
  );
});

test("a new worker has run nothing", () => {
  const ran = new RanCells();
  ran.add(1, "1.1/a");
  assert.equal(ran.has(1, "1.1/a"), true);
  assert.equal(ran.has(2, "1.1/a"), false);
  assert.equal(ran.has(1, "1.1/a"), false);
});

test("a notebook is nbformat 4.5 with one code cell for each cell", () => {
  const notebook = JSON.parse(asNotebook("1.1/bars", [{ id: "1.1/bars", code: "a = 1\nprint(a)\n" }], "How."));
  assert.deepEqual([notebook.nbformat, notebook.nbformat_minor], [4, 5]);
  assert.deepEqual(notebook.cells[1], {
    cell_type: "code",
    execution_count: null,
    id: "1-1-bars",
    metadata: {},
    outputs: [],
    source: ["a = 1\n", "print(a)"],
  });
  assert.match(asScript("Lab 2.1", [{ id: "x", code: "a = 1" }], "How."), /^# Lab 2\.1\n[\s\S]*\na = 1\n$/);
});

test("a script of several cells keeps them apart and says what to install", () => {
  const cells = [
    { id: "1.1/a", code: "a = 1" },
    { id: "1.1/b", code: "print(a)" },
  ];
  const install = howToInstall("https://example.org/assets/runtime-1/grandmodel_sim-1-py3-none-any.whl");
  assert.equal(
    asScript("1.1/b", cells, install),
    "# 1.1/b\n# From GrandModel Academy. To run it elsewhere: " +
      "pip install https://example.org/assets/runtime-1/grandmodel_sim-1-py3-none-any.whl\n\n" +
      "# %% 1.1/a\na = 1\n\n# %% 1.1/b\nprint(a)\n",
  );
});

test("the ladder goes from the archive to the stock files", () => {
  const manifest = {
    hash: "",
    pyodide: "0.28.3",
    archive: "a.zip",
    sources: "s.zip",
    wheel: "w.whl",
    files: {},
    packages: {},
  };
  const ladder = steps(manifest, 7);
  assert.deepEqual(
    ladder.map(({ plan, files }) => [plan.step, files.at(-1)]),
    [
      ["archive", "a.zip"],
      ["stock", "w.whl"],
    ],
  );
});

test("silence becomes the sentence that was expected last", async () => {
  const watchdog = new Watchdog();
  watchdog.expect(5, "the first");
  watchdog.expect(10, "the second");
  await assert.rejects(watchdog.silence, (error) => error instanceof SilenceError && error.message === "the second");
});

test("a watchdog at rest stays silent", async () => {
  const watchdog = new Watchdog();
  watchdog.expect(5, "never said");
  watchdog.rest();
  const first = await Promise.race([watchdog.silence, new Promise((resolve) => setTimeout(resolve, 20, "quiet"))]);
  assert.equal(first, "quiet");
});
