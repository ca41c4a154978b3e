// Where records live: IndexedDB, or this tab's memory when the browser gives no storage.
import { type IDBPDatabase, openDB } from "idb";

/** Raised only together with a new entry in `upgrade`; docs/decisions/003-progress-log.md says what may change how. */
export const SCHEMA = 1;

/** `events` by id · `drafts` by key · `aside` by the record's text · `meta` by name. */
export const TABLES = ["events", "drafts", "aside", "meta"] as const;
export type Table = (typeof TABLES)[number];

export type Change =
  | { do: "put" | "add"; table: Table; key: string; value: unknown }
  | { do: "delete"; table: Table; key: string };

export interface Store {
  readonly where: "indexeddb" | "memory";
  all(table: Table): Promise<[key: string, value: unknown][]>;
  get(table: Table, key: string): Promise<unknown>;
  /** All changes or none. `add` leaves a record that is there as it is, so that events are written once. */
  write(changes: Change[]): Promise<void>;
  clear(): Promise<void>;
  close(): void;
}

/**
 * Open the IndexedDB database `name`.
 * @param onClosed called when the browser or a newer tab closes the connection: open again before the next use.
 * @throws DOMException when the browser refuses (private mode, storage switched off, a newer schema on disk).
 */
export async function openIndexedDb(name: string, onClosed: () => void): Promise<Store> {
  const database = await openDB(name, SCHEMA, {
    upgrade(fresh, oldVersion) {
      if (oldVersion < 1) for (const table of TABLES) fresh.createObjectStore(table);
    },
    // A newer version of the site wants to upgrade the schema in another tab: make way.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
  return new IndexedDbStore(database);
}

class IndexedDbStore implements Store {
  readonly where = "indexeddb";
  readonly #database: IDBPDatabase;

  constructor(database: IDBPDatabase) {
    this.#database = database;
  }

  async all(table: Table): Promise<[string, unknown][]> {
    const { store } = this.#database.transaction(table);
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return keys.map((key, index) => [String(key), values[index]]);
  }

  get(table: Table, key: string): Promise<unknown> {
    return this.#database.get(table, key);
  }

  async write(changes: Change[]): Promise<void> {
    if (changes.length === 0) return;
    const transaction = this.#database.transaction([...TABLES], "readwrite");
    // Requests of one transaction run in order. Each is awaited with the transaction, so that a refused one (quota)
    // rejects here once, not also as an unhandled rejection.
    const work = changes.map(async (change) => {
      const table = transaction.objectStore(change.table);
      if (change.do === "delete") await table.delete(change.key);
      else if (change.do === "put") await table.put(change.value, change.key);
      else if ((await table.getKey(change.key)) === undefined) await table.put(change.value, change.key);
    });
    await Promise.all([...work, transaction.done]);
  }

  async clear(): Promise<void> {
    const transaction = this.#database.transaction([...TABLES], "readwrite");
    await Promise.all([...TABLES.map((table) => transaction.objectStore(table).clear()), transaction.done]);
  }

  close(): void {
    this.#database.close();
  }
}

/** The same in memory: for a browser without storage, and for what storage refused. Gone when the tab closes. */
export class MemoryStore implements Store {
  readonly where = "memory";
  readonly #tables = new Map<Table, Map<string, unknown>>(TABLES.map((table) => [table, new Map()]));

  async all(table: Table): Promise<[string, unknown][]> {
    return [...this.#table(table)].map(([key, value]) => [key, structuredClone(value)]);
  }

  async get(table: Table, key: string): Promise<unknown> {
    return structuredClone(this.#table(table).get(key));
  }

  async write(changes: Change[]): Promise<void> {
    for (const change of changes) {
      const table = this.#table(change.table);
      if (change.do === "delete") table.delete(change.key);
      else if (change.do === "put" || !table.has(change.key)) table.set(change.key, structuredClone(change.value));
    }
  }

  async clear(): Promise<void> {
    for (const table of this.#tables.values()) table.clear();
  }

  close(): void {}

  #table(table: Table): Map<string, unknown> {
    return this.#tables.get(table) as Map<string, unknown>;
  }
}
