/** `fetch` inside the sandbox: a look-up in bytes that the page posted, or asks the page for, once, by file name. */

import { scope } from "./natives.ts";

/** Not a real address: Pyodide wants one to resolve its file names against. */
export const BASE = "https://sandbox.invalid/";

const TYPES: Readonly<Record<string, string>> = { wasm: "application/wasm", json: "application/json" };

export class FileStore {
  readonly #files: Map<string, ArrayBuffer>;
  readonly #ask: (name: string) => void;
  readonly #asked = new Map<string, { resolve: (bytes: ArrayBuffer) => void; reject: (error: Error) => void }[]>();

  constructor(files: Readonly<Record<string, ArrayBuffer>>, ask: (name: string) => void) {
    this.#files = new Map(Object.entries(files));
    this.#ask = ask;
  }

  /** Put this store in the place of the global `fetch`. */
  replaceFetch(): void {
    scope.fetch = async (input) => {
      const url = new URL(input instanceof Request ? input.url : String(input), BASE);
      const name = url.pathname.slice(1);
      if (url.origin !== new URL(BASE).origin)
        throw new TypeError(`no network here: ${url.href} is out of reach of this page's Python`);
      const type = TYPES[name.split(".").pop() ?? ""] ?? "application/octet-stream";
      return new Response(await this.bytes(name), { headers: { "Content-Type": type } });
    };
  }

  bytes(name: string): Promise<ArrayBuffer> {
    const kept = this.#files.get(name);
    if (kept) return Promise.resolve(kept);
    return new Promise((resolve, reject) => {
      const waiting = this.#asked.get(name);
      if (waiting) waiting.push({ resolve, reject });
      else {
        this.#asked.set(name, [{ resolve, reject }]);
        this.#ask(name);
      }
    });
  }

  /** The page's answer. Bytes are handed on and not kept: a package is installed once. */
  answer(name: string, bytes: ArrayBuffer | null): void {
    for (const { resolve, reject } of this.#asked.get(name) ?? []) {
      if (bytes) resolve(bytes);
      else reject(new TypeError(`${name} is not part of this page's Python runtime`));
    }
    this.#asked.delete(name);
  }

  /** Forget the boot's files: they are tens of megabytes and are not asked for again. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#files.delete(name);
  }
}
