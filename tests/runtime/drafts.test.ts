import assert from "node:assert/strict";
import { test } from "node:test";
import { type DraftStore, Drafts } from "../../browser/src/elements/drafts.ts";

function memory(): DraftStore & { kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    saved: async (key) => kept.get(key),
    save: async (key, value) => void kept.set(key, value),
    forget: async (key) => void kept.delete(key),
  };
}

const v1 = { code: "x = 1", version: "v1" };
const v2 = { code: "x = 2", version: "v2" };

test("what was written is shown again, and the original is not kept", async () => {
  const store = memory();
  const drafts = new Drafts(store, "cell:1.1/a", v1);
  assert.equal(await drafts.open(), "x = 1");
  await drafts.keep("x = 10");
  assert.equal(await new Drafts(store, "cell:1.1/a", v1).open(), "x = 10");
  await drafts.keep("x = 1");
  assert.equal(store.kept.size, 0);
});

test("after a release the new original is shown and the learner's version is still there", async () => {
  const store = memory();
  await new Drafts(store, "k", v1).keep("x = 10");
  const drafts = new Drafts(store, "k", v2);
  assert.equal(await drafts.open(), "x = 2");
  assert.deepEqual(drafts.older, { code: "x = 10", version: "v1" });
});

test("editing the new original loses neither version", async () => {
  const store = memory();
  await new Drafts(store, "k", v1).keep("x = 10");
  const drafts = new Drafts(store, "k", v2);
  await drafts.open();
  await drafts.keep("x = 20");
  const later = new Drafts(store, "k", v2);
  assert.equal(await later.open(), "x = 20");
  assert.deepEqual(later.older, { code: "x = 10", version: "v1" });
  await later.keep("x = 2"); // back to the original: the earlier version alone is left
  const last = new Drafts(store, "k", v2);
  assert.equal(await last.open(), "x = 2");
  assert.equal(last.older?.code, "x = 10");
  await last.settle("x = 2");
  assert.equal(store.kept.size, 0);
});

test("what is kept but is no draft is left alone", async () => {
  const store = memory();
  for (const odd of [null, 3, "text", [], { code: 1, version: "v1" }]) {
    store.kept.set("k", odd);
    assert.equal(await new Drafts(store, "k", v1).open(), "x = 1");
  }
});
