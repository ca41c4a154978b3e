/**
 * What outlives a reload: the learner's files, the World's last snapshot and the terminal's history, in an IndexedDB
 * database of their own (progress has another, so that a full or broken workspace never costs a result).
 */

import { type IDBPDatabase, openDB } from "idb";
import type { FileChange, FileDelta } from "./protocol.ts";

const SCHEMA = 1;

/** Names of single values beside the files. */
export type KeptValue = "world" | "history";

/** Sites that share a host (`name.github.io/one/`, `…/two/`) must not share a workspace. */
export function databaseName(sitePath: string): string {
  return `grandmodel-workspace:${sitePath}`;
}

export class Keep {
  readonly #name: string;
  #database: Promise<IDBPDatabase> | undefined;
  #isForgotten = false;
  /** Why nothing is kept, in words for the reader, or null while all is well. */
  trouble: string | null = null;

  constructor(sitePath: string) {
    this.#name = databaseName(sitePath);
  }

  async files(): Promise<FileDelta> {
    return (
      (await this.#try(async (database) => {
        const { store } = database.transaction("files");
        const [paths, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
        return paths.map(
          (path, index): FileChange => ({ path: String(path), bytes: (values[index] as Uint8Array | null) ?? null }),
        );
      })) ?? []
    );
  }

  async putFiles(delta: FileDelta): Promise<void> {
    if (this.#isForgotten) return;
    await this.#try(async (database) => {
      const transaction = database.transaction("files", "readwrite");
      await Promise.all([...delta.map(({ path, bytes }) => transaction.store.put(bytes, path)), transaction.done]);
    });
  }

  async value(name: KeptValue): Promise<string | null> {
    const value = await this.#try((database) => database.get("values", name));
    return typeof value === "string" ? value : null;
  }

  async putValue(name: KeptValue, value: string | null): Promise<void> {
    if (this.#isForgotten) return;
    await this.#try(async (database) => {
      if (value === null) await database.delete("values", name);
      else await database.put("values", value, name);
    });
  }

  /**
   * Delete all of it. Returns whether this document has worked with it: then Python and the shell have it in memory, the
   * page must be loaded anew, and until it is nothing is kept.
   * @throws Error when the browser refuses; the message is for the reader.
   */
  async forget(): Promise<boolean> {
    const wasUsed = this.#database !== undefined;
    await this.#try((database) => {
      this.#isForgotten = wasUsed; // before what another job ends with is written again
      return Promise.all([database.clear("files"), database.clear("values")]);
    });
    if (this.trouble) throw new Error("the database of the workspace did not open, or refused");
    return wasUsed;
  }

  /** Storage may be refused (private mode), full, or taken away; the session goes on without it and says so. */
  async #try<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T | undefined> {
    try {
      this.#database ??= openDB(this.#name, SCHEMA, {
        upgrade(database) {
          database.createObjectStore("files");
          database.createObjectStore("values");
        },
        // A newer version of the site wants to change the schema in another tab: make way, and open again when needed.
        blocking: (_current, _blocked, event) => {
          (event.target as IDBDatabase).close();
          this.#database = undefined;
        },
        terminated: () => {
          this.#database = undefined;
        },
      });
      const result = await work(await this.#database);
      this.trouble = null;
      return result;
    } catch (error) {
      this.#database = undefined;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      this.trouble = `This browser does not keep your files after a reload (${reason}). Download what you need.`;
      return undefined;
    }
  }
}

const keeps = new Map<string, Keep>();

/** The one keep of a site in this document: whoever deletes it must know whether Python has used it. */
export function keepOf(sitePath: string): Keep {
  const keep = keeps.get(sitePath) ?? new Keep(sitePath);
  keeps.set(sitePath, keep);
  return keep;
}
