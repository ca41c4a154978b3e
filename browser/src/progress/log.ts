// The learner's record in this browser: writes events and drafts, reads them back, and keeps several tabs in step.
import { decodeTime, monotonicFactory } from "ulid";
import { type Contents, type MergeReport, merge, type SetAside } from "./contents.ts";
import { type Event, isProblem, type NewEvent, readEvent } from "./event.ts";
import { readExport, writeExport } from "./file.ts";
import { isJson, type Json } from "./json.ts";
import { type Change, MemoryStore, openIndexedDb, type Store } from "./store.ts";
import { readDraft, readStored } from "./stored.ts";

/** What the learner should know about where their record is. */
export interface StorageFacts {
  where: "indexeddb" | "memory";
  /** What is wrong and what to do about it, or null. */
  warning: string | null;
  /** Records that storage refused and that are only in this tab. */
  unsaved: number;
  /** Did the browser promise not to purge? null: it does not say. */
  persisted: boolean | null;
  /** Bytes used and allowed for the whole site, where the browser tells. */
  usage: { used: number; quota: number } | null;
  device: string;
  events: number;
  drafts: number;
  setAside: SetAside[];
  /** ISO times, or null. */
  firstEvent: string | null;
  lastEvent: string | null;
  lastExport: string | null;
}

export interface LogOptions {
  /** Path of the site on its host, e.g. `/academy/`: two sites on one host have two records. */
  site: string;
  /** Version of the course, written into exports. */
  course?: string;
  open?: (name: string, onClosed: () => void) => Promise<Store>;
  now?: () => number;
  /** Milliseconds to wait for the browser's storage before going on without it. */
  patience?: number;
}

/** Thrown when storage refuses an import as a whole: nothing of it was written. */
export class StorageRefused extends Error {}

const NO_STORAGE =
  "This browser gives the site no storage (a private window, or storage is switched off). " +
  "Your progress is kept only until this tab closes: export it before you leave.";
const NEWER =
  "The progress stored here was written by a newer version of the site, and is left untouched. " +
  "Reload the page; until then progress is kept only in this tab.";
const FULL =
  "The browser's storage refused the last records (it may be full), so they are only in this tab. " +
  "Export your progress now, then free some space.";

export function databaseName(site: string): string {
  return `grandmodel-academy:${site}`;
}

export class ProgressLog {
  readonly #options: Required<LogOptions>;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  readonly #channel: BroadcastChannel | null;
  readonly #ulid = monotonicFactory();
  /** Records that the store refused; retried with the next write that succeeds. */
  readonly #overflow = new MemoryStore();
  #store: Promise<Store> | undefined;
  #device: string | undefined;
  #lastTime = 0;
  #warning: string | null = null;
  #unsaved = 0;
  #askedToPersist = false;

  constructor(options: LogOptions) {
    this.#options = { course: "", open: openIndexedDb, now: Date.now, patience: 5000, ...options };
    this.#name = databaseName(options.site);
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(this.#name);
    this.#channel?.addEventListener("message", () => this.#tell());
    // Node (the unit tests) would wait for an open channel for ever; browsers have no such method.
    (this.#channel as { unref?: () => void } | null)?.unref?.();
  }

  /** Call `listener` after every change, in this tab or another. Returns the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Write one event. Never fails for want of storage: what cannot be stored stays in this tab, and `facts()` says so.
   * @throws TypeError when the event is not one (a programmer's mistake, not the learner's).
   */
  async record(event: NewEvent): Promise<void> {
    const store = await this.#open();
    const now = this.#options.now();
    // A clock that was set back must not write ids that sort before what this device wrote already.
    this.#lastTime = Math.max(this.#lastTime, now);
    const { verb, object, result } = event;
    const whole = readEvent({
      id: this.#ulid(this.#lastTime),
      device: this.#device,
      at: new Date(now).toISOString(),
      verb,
      object,
      ...(result === undefined ? {} : { result }),
    });
    if (isProblem(whole)) throw new TypeError(`progress event ${verb} ${object}: ${whole.problem}`);
    await this.#write(store, [
      { do: "add", table: "events", key: whole.id, value: whole },
      { do: "put", table: "meta", key: "lastId", value: whole.id },
    ]);
    if (verb !== "opened") this.#askToPersist();
    this.#changed();
  }

  /** Every readable event in merge order. */
  async events(): Promise<Event[]> {
    return (await this.contents()).events;
  }

  /** Everything kept. Records that cannot be read are moved to the set-aside table first, never dropped. */
  async contents(): Promise<Contents> {
    const store = await this.#open();
    const stored = await readStored(store, this.#time());
    if (stored.repairs.length > 0) await store.write(stored.repairs).catch(() => undefined);
    const inTab = await readStored(this.#overflow, this.#time());
    return merge(stored.contents, inTab.contents).contents;
  }

  /** The draft under `key`, or undefined. */
  async saved(key: string): Promise<Json | undefined> {
    const store = await this.#open();
    const value = (await this.#overflow.get("drafts", key)) ?? (await store.get("drafts", key));
    return readDraft(key, value)?.value;
  }

  /** Keep `value` under `key`; the value before is replaced. */
  async save(key: string, value: Json): Promise<void> {
    if (!isJson(value)) throw new TypeError(`draft ${key}: not a JSON value`);
    const draft = { value, at: this.#time() };
    await this.#write(await this.#open(), [{ do: "put", table: "drafts", key, value: draft }]);
    this.#changed();
  }

  async forget(key: string): Promise<void> {
    const change: Change = { do: "delete", table: "drafts", key };
    await this.#overflow.write([change]);
    await this.#write(await this.#open(), [change]);
    this.#changed();
  }

  /** The text of an export file, with all events, drafts and set-aside records. Remembers the time of this export. */
  async exportAll(): Promise<string> {
    const contents = await this.contents();
    const exported = this.#time();
    const { site, course } = this.#options;
    const text = writeExport(contents, { site, course, exported, device: this.#device as string });
    await this.#write(await this.#open(), [{ do: "put", table: "meta", key: "lastExport", value: exported }]);
    this.#changed();
    return text;
  }

  /**
   * Merge an export file into this record.
   * @throws ImportRefused when the text is not an export that this version reads; nothing is written.
   * @throws StorageRefused when the browser refuses to store the result; nothing is written.
   */
  async importAll(text: string): Promise<MergeReport> {
    const theirs = readExport(text, this.#time());
    const ours = await this.contents();
    const { contents, report } = merge(ours, theirs);
    const known = new Set(ours.events.map((event) => event.id));
    const changes: Change[] = [
      ...contents.events
        .filter((event) => !known.has(event.id))
        .map((event): Change => ({ do: "add", table: "events", key: event.id, value: event })),
      ...contents.drafts.map(
        ({ key, value, at }): Change => ({ do: "put", table: "drafts", key, value: { value, at } }),
      ),
      ...contents.setAside.map(
        ({ raw, reason, at }): Change => ({ do: "add", table: "aside", key: raw, value: { reason, at } }),
      ),
    ];
    try {
      await (await this.#open()).write(changes);
    } catch (error) {
      throw new StorageRefused(`The browser refused to store the import (${words(error)}). Nothing was changed.`);
    }
    this.#changed();
    return report;
  }

  /** Delete everything of this site from this browser, this device's id included. */
  async deleteAll(): Promise<void> {
    await (await this.#open()).clear();
    await this.#overflow.clear();
    this.#unsaved = 0;
    this.#device = undefined;
    this.#close();
    this.#changed();
  }

  async facts(): Promise<StorageFacts> {
    const { events, drafts, setAside } = await this.contents();
    const store = await this.#open();
    const lastExport = await store.get("meta", "lastExport");
    const manager = typeof navigator === "undefined" ? undefined : navigator.storage;
    const estimate = await manager?.estimate?.().catch(() => undefined);
    return {
      where: store.where,
      warning: this.#warning,
      unsaved: store.where === "memory" ? events.length : this.#unsaved,
      persisted: (await manager?.persisted?.().catch(() => null)) ?? null,
      usage:
        estimate?.usage === undefined || estimate.quota === undefined
          ? null
          : { used: estimate.usage, quota: estimate.quota },
      device: this.#device as string,
      events: events.length,
      drafts: drafts.length,
      setAside,
      firstEvent: events[0]?.at ?? null,
      lastEvent: events.at(-1)?.at ?? null,
      lastExport: typeof lastExport === "string" ? lastExport : null,
    };
  }

  /** Let go of the database and the channel. */
  close(): void {
    this.#close();
    this.#channel?.close();
  }

  #close(): void {
    const store = this.#store;
    this.#store = undefined;
    store?.then((open) => open.close()).catch(() => undefined);
  }

  #open(): Promise<Store> {
    this.#store ??= this.#openStore();
    return this.#store;
  }

  async #openStore(): Promise<Store> {
    const store = await this.#connect();
    // Two tabs that open a new record at once must agree on the device: the first to write wins, both read it back.
    await store.write([{ do: "add", table: "meta", key: "device", value: newDevice() }]).catch(() => undefined);
    const device = await store.get("meta", "device");
    this.#device = typeof device === "string" ? device : newDevice();
    const lastId = await store.get("meta", "lastId");
    // One millisecond on, because within one the chance part of the id decides the order.
    if (typeof lastId === "string") this.#lastTime = Math.max(this.#lastTime, timeOf(lastId) + 1);
    return store;
  }

  async #connect(): Promise<Store> {
    try {
      const opening = this.#options.open(this.#name, () => {
        this.#store = undefined;
      });
      const store = await Promise.race([opening, after(this.#options.patience)]);
      if (store !== undefined) return store;
      // Too late is as good as never: close what opens after all, because this tab goes on in memory.
      opening.then((late) => late.close()).catch(() => undefined);
      this.#warning = NO_STORAGE;
    } catch (error) {
      this.#warning = error instanceof DOMException && error.name === "VersionError" ? NEWER : NO_STORAGE;
    }
    return new MemoryStore();
  }

  async #write(store: Store, changes: Change[]): Promise<void> {
    try {
      await store.write(changes);
    } catch {
      await this.#overflow.write(changes);
      this.#unsaved += 1;
      this.#warning = FULL;
      return;
    }
    if (this.#unsaved > 0) await this.#retry(store, changes);
  }

  /** Storage took `written`, so it may take what it had refused before, except where `written` has replaced that. */
  async #retry(store: Store, written: Change[]): Promise<void> {
    await this.#overflow.write(written.map(({ table, key }) => ({ do: "delete", table, key })));
    const changes: Change[] = [];
    for (const table of ["events", "drafts", "meta"] as const)
      for (const [key, value] of await this.#overflow.all(table))
        changes.push({ do: table === "events" ? "add" : "put", table, key, value });
    try {
      await store.write(changes);
    } catch {
      return; // still refused: it stays in the tab, and the warning stands
    }
    await this.#overflow.clear();
    this.#unsaved = 0;
    this.#warning = null;
  }

  #askToPersist(): void {
    if (this.#askedToPersist || typeof navigator === "undefined") return;
    this.#askedToPersist = true;
    navigator.storage?.persist?.().catch(() => false);
  }

  #changed(): void {
    this.#channel?.postMessage("changed");
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** Ten characters of Crockford's base 32, 50 bits: enough that the devices of one learner never meet. */
function newDevice(): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => alphabet[byte & 31]).join("");
}

function timeOf(id: string): number {
  try {
    return decodeTime(id);
  } catch {
    return 0;
  }
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    (timer as unknown as { unref?: () => void }).unref?.();
  });
}

function words(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
