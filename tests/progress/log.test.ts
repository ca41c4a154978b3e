import assert from "node:assert/strict";
import { test } from "node:test";
import { ImportRefused } from "../../browser/src/progress/file.ts";
import { databaseName, StorageRefused } from "../../browser/src/progress/log.ts";
import { type Change, MemoryStore, openIndexedDb, type Store } from "../../browser/src/progress/store.ts";
import { browser, event, opened, ran } from "./helpers.ts";

function frame(parts: object): string {
  return JSON.stringify({
    format: "grandmodel-academy-progress",
    schema: 1,
    site: "/academy/",
    course: "b",
    exported: "2026-11-22T10:00:00Z",
    device: "0123456789",
    events: [],
    drafts: [],
    quarantined: [],
    ...parts,
  });
}

/** An export without the parts that differ between devices and moments. */
function comparable(text: string): unknown {
  const { exported, device, ...rest } = JSON.parse(text);
  return rest;
}

test("what was recorded is there after a reload", async () => {
  const profile = browser();
  const first = profile.tab();
  await first.record(opened);
  await first.save("exercise:2.1", { code: "x = 1", version: "v1" });
  first.close();
  const second = profile.tab();
  assert.deepEqual(
    (await second.events()).map(({ verb, object }) => ({ verb, object })),
    [opened],
  );
  assert.deepEqual(await second.saved("exercise:2.1"), { code: "x = 1", version: "v1" });
});

test("two sites on one host keep two records", async () => {
  const profile = browser();
  await profile.tab({ site: "/academy/" }).record(opened);
  assert.equal((await profile.tab({ site: "/preview/" }).events()).length, 0);
});

test("two tabs that open a new record at once are one device, and each sees the other's events", async () => {
  const profile = browser();
  const [a, b] = [profile.tab(), profile.tab()];
  await Promise.all([a.record(opened), b.record(ran)]);
  const events = await a.events();
  assert.deepEqual(await b.events(), events);
  assert.equal(events.length, 2);
  assert.equal(new Set(events.map(({ device }) => device)).size, 1);
});

test("a tab is told about what another tab wrote", async () => {
  const profile = browser();
  const [a, b] = [profile.tab(), profile.tab()];
  const told = new Promise<void>((resolve) => b.subscribe(resolve));
  const keepAlive = setTimeout(() => {}, 2000);
  await a.record(opened);
  await told;
  clearTimeout(keepAlive);
});

test("ids rise even when the clock is set back, after a reload too", async () => {
  const profile = browser();
  await profile.tab({ now: () => Date.parse("2026-11-22T10:00:00Z") }).record(opened);
  await profile.tab({ now: () => Date.parse("2020-01-01T00:00:00Z") }).record(ran);
  const events = await profile.tab().events();
  assert.deepEqual(
    events.map(({ verb, at }) => [verb, at]),
    [
      ["opened", "2026-11-22T10:00:00.000Z"],
      ["ran", "2020-01-01T00:00:00.000Z"],
    ],
  );
});

test("export, then import into a new browser: nothing is different", async () => {
  const home = browser().tab();
  await home.record(opened);
  await home.record({ verb: "checked", object: "exercise:2.1", result: { points: 7, max: 12, version: "v1" } });
  await home.save("exercise:2.1", { code: "print('é')\n", version: "v1" });
  const file = await home.exportAll();
  const away = browser().tab();
  assert.deepEqual(await away.importAll(file), { added: 2, known: 0, drafts: 1, draftsKept: 0, setAside: 0 });
  assert.deepEqual(comparable(await away.exportAll()), comparable(file));
});

test("importing a file twice changes nothing the second time", async () => {
  const home = browser().tab();
  await home.record(opened);
  const file = await home.exportAll();
  assert.deepEqual(await home.importAll(file), { added: 0, known: 1, drafts: 0, draftsKept: 0, setAside: 0 });
  assert.deepEqual(comparable(await home.exportAll()), comparable(file));
});

test("two devices that exchange files end with the same record, both drafts included", async () => {
  let clock = Date.parse("2026-11-22T10:00:00Z");
  const now = () => (clock += 1000);
  const [desk, phone] = [browser().tab({ now }), browser().tab({ now })];
  await desk.record(opened);
  await phone.record(ran);
  await desk.save("exercise:2.1", "written at the desk");
  await phone.save("exercise:2.1", "written on the phone, later");
  const [fromDesk, fromPhone] = [await desk.exportAll(), await phone.exportAll()];
  await desk.importAll(fromPhone);
  await phone.importAll(fromDesk);
  const merged = comparable(await desk.exportAll()) as { events: unknown[] };
  assert.deepEqual(comparable(await phone.exportAll()), merged);
  assert.equal(merged.events.length, 2);
  assert.equal(await desk.saved("exercise:2.1"), "written on the phone, later");
  const kept = (await desk.contents()).drafts.map(({ value }) => value);
  assert.deepEqual(kept.sort(), ["written at the desk", "written on the phone, later"]);
});

test("an unreadable record is set aside with its text and reason, and exported; the others stay", async () => {
  const profile = browser();
  const tab = profile.tab();
  await tab.record(opened);
  const store = await openIndexedDb(databaseName("/academy/"), () => {});
  const damaged = { ...event(), verb: "mangled" };
  await store.write([{ do: "put", table: "events", key: damaged.id, value: damaged }]);
  assert.deepEqual(
    (await tab.events()).map(({ verb }) => verb),
    ["opened"],
  );
  const again = profile.tab();
  const { setAside } = await again.facts();
  assert.deepEqual(
    setAside.map(({ raw, reason }) => [raw, reason]),
    [[JSON.stringify(damaged), 'unknown verb "mangled"']],
  );
  assert.deepEqual(await store.get("events", damaged.id), undefined);
  const away = browser().tab();
  assert.equal((await away.importAll(await again.exportAll())).setAside, 1);
  assert.deepEqual((await away.facts()).setAside, setAside);
});

test("a record that was set aside comes back when it can be read", async () => {
  const tab = browser().tab();
  const good = event();
  await tab.importAll(frame({ quarantined: [{ raw: JSON.stringify(good), reason: "newer verb", at: good.at }] }));
  assert.deepEqual(await tab.events(), [good]);
  assert.deepEqual((await tab.facts()).setAside, []);
});

test("in a file, a bad record costs only itself", async () => {
  const tab = browser().tab();
  const good = event();
  const forged = { ...good, object: "topic:9.9" };
  const poisoned = '{"__proto__":{"admin":true},"id":"x"}';
  const text = frame({ events: [good, forged, "POISON", { ...event(), verb: "won" }], drafts: [{ key: 1 }] });
  const report = await tab.importAll(text.replace('"POISON"', poisoned));
  assert.deepEqual(report, { added: 1, known: 0, drafts: 0, draftsKept: 0, setAside: 4 });
  assert.deepEqual(await tab.events(), [good]);
  assert.ok((await tab.facts()).setAside.some(({ raw }) => raw === poisoned));
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

test("an event that contradicts one that is here does not replace it", async () => {
  const tab = browser().tab();
  const mine = event({ verb: "checked", object: "exercise:2.1", result: { points: 3, max: 12 } });
  await tab.importAll(frame({ events: [mine] }));
  const report = await tab.importAll(frame({ events: [{ ...mine, result: { points: 12, max: 12 } }] }));
  assert.equal(report.setAside, 1);
  assert.deepEqual(await tab.events(), [mine]);
});

const refusedFiles: [why: string, text: string, message: RegExp][] = [
  ["not JSON", "hello", /not JSON/],
  ["JSON of another program", '{"cells": []}', /not a progress file/],
  ["a list", "[]", /not a progress file/],
  ["a newer schema", frame({ schema: 2 }), /newer version of the course/],
  ["an older schema", frame({ schema: 0 }), /schema 0, which this page does not read/],
  ["no schema", frame({ schema: undefined }), /does not read/],
  ["an unknown part", frame({ certificates: [] }), /a part “certificates”/],
  ["a prototype as a part", frame({}).replace("{", '{"__proto__": {},'), /a part “__proto__”/],
  ["events that are no list", frame({ events: {} }), /“events” is missing or is not a list/],
  ["too large", " ".repeat(20_000_001), /at most 20 million/],
];
for (const [why, text, message] of refusedFiles) {
  test(`a file is refused as a whole, and nothing changes: ${why}`, async () => {
    const tab = browser().tab();
    await tab.record(opened);
    const before = await tab.contents();
    await assert.rejects(tab.importAll(text), (error) => error instanceof ImportRefused && message.test(error.message));
    assert.deepEqual(await tab.contents(), before);
  });
}

test("without storage the record works in memory and says so", async () => {
  const tab = browser().tab({ open: () => Promise.reject(new DOMException("no", "InvalidStateError")) });
  await tab.record(opened);
  await tab.save("k", 1);
  assert.equal(await tab.saved("k"), 1);
  const facts = await tab.facts();
  assert.equal(facts.where, "memory");
  assert.match(facts.warning ?? "", /gives the site no storage/);
  assert.equal(facts.unsaved, 1);
  assert.equal(
    (
      await browser()
        .tab()
        .importAll(await tab.exportAll())
    ).added,
    1,
  );
});

test("storage that never answers is given up, and the page goes on in memory", async () => {
  const tab = browser().tab({ open: () => new Promise(() => {}), patience: 10 });
  const keepAlive = setTimeout(() => {}, 2000);
  await tab.record(opened);
  assert.equal((await tab.facts()).where, "memory");
  clearTimeout(keepAlive);
});

test("a record of a newer version is left alone", async () => {
  const tab = browser().tab({ open: () => Promise.reject(new DOMException("newer", "VersionError")) });
  assert.match((await tab.facts()).warning ?? "", /newer version/);
});

/** Storage that refuses writes while `full` is set, as a browser over its quota does. */
class SmallDisk extends MemoryStore implements Store {
  full = false;
  override async write(changes: Change[]): Promise<void> {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    await super.write(changes);
  }
}

test("when storage is full nothing is lost: it stays in the tab, is exported, and is stored when there is room", async () => {
  const disk = new SmallDisk();
  const tab = browser().tab({ open: async () => disk });
  await tab.record(opened);
  disk.full = true;
  await tab.record(ran);
  await tab.save("k", "older");
  assert.match((await tab.facts()).warning ?? "", /storage refused/);
  assert.equal((await tab.facts()).unsaved, 2);
  assert.deepEqual(
    (await tab.events()).map(({ verb }) => verb),
    ["opened", "ran"],
  );
  assert.equal(JSON.parse(await tab.exportAll()).events.length, 2);
  await assert.rejects(tab.importAll(frame({ events: [event()] })), StorageRefused);
  disk.full = false;
  await tab.save("k", "newer");
  assert.equal((await tab.facts()).warning, null);
  assert.equal((await disk.all("events")).length, 2);
  assert.equal(await tab.saved("k"), "newer");
  assert.equal(((await disk.get("drafts", "k")) as { value: unknown }).value, "newer");
});

test("delete all leaves nothing behind, and recording starts again as a new device", async () => {
  const profile = browser();
  const tab = profile.tab();
  await tab.record(opened);
  await tab.save("k", 1);
  const before = (await tab.facts()).device;
  await tab.deleteAll();
  assert.deepEqual(await tab.contents(), { events: [], drafts: [], setAside: [] });
  await tab.record(ran);
  assert.notEqual((await profile.tab().facts()).device, before);
});

test("an event that is none is the caller's mistake", async () => {
  await assert.rejects(browser().tab().record({ verb: "ran", object: "nonsense" }), TypeError);
});

test("the last export is remembered", async () => {
  const profile = browser();
  const tab = profile.tab({ now: () => Date.parse("2026-11-22T10:00:00Z") });
  assert.equal((await tab.facts()).lastExport, null);
  await tab.exportAll();
  assert.equal((await profile.tab().facts()).lastExport, "2026-11-22T10:00:00.000Z");
});
