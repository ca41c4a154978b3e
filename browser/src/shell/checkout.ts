/** The learner's checkout inside just-bash's file system: deltas in before a line runs, deltas out after it. */

import type { IFileSystem } from "just-bash/browser";
import type { FileChange, FileDelta } from "../runtime/protocol.ts";

/** The file system as far as it is used here; just-bash's in-memory one, and a map in the tests. */
export type CheckoutFs = Pick<IFileSystem, "getAllPaths" | "lstat" | "readFileBuffer" | "writeFile" | "mkdir" | "rm">;

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export class Checkout {
  readonly #fs: CheckoutFs;
  readonly #root: string;
  /** What the page knows to be here. */
  readonly #known = new Map<string, Uint8Array>();

  constructor(fs: CheckoutFs, root: string) {
    this.#fs = fs;
    this.#root = `${root}/`;
  }

  async receive(delta: FileDelta): Promise<void> {
    for (const { path, bytes } of delta) {
      const full = this.#root + path;
      if (bytes) {
        await this.#fs.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
        await this.#fs.writeFile(full, bytes);
        this.#known.set(path, bytes);
      } else {
        await this.#fs.rm(full, { force: true });
        this.#known.delete(path);
      }
    }
  }

  /** What changed here since the page last heard. */
  async changes(): Promise<FileDelta> {
    const delta: FileChange[] = [];
    const present = new Set<string>();
    for (const full of this.#fs.getAllPaths()) {
      if (!full.startsWith(this.#root) || !(await this.#fs.lstat(full)).isFile) continue;
      const path = full.slice(this.#root.length);
      present.add(path);
      const bytes = await this.#fs.readFileBuffer(full);
      const known = this.#known.get(path);
      if (known && isSame(known, bytes)) continue;
      const kept = bytes.slice();
      this.#known.set(path, kept);
      delta.push({ path, bytes: kept });
    }
    for (const path of this.#known.keys()) {
      if (present.has(path)) continue;
      this.#known.delete(path);
      delta.push({ path, bytes: null });
    }
    return delta;
  }
}
