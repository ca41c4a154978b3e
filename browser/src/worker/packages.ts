/** numpy, pandas and matplotlib, loaded when the code at hand imports them and not before. */

import type { PythonJob } from "../runtime/protocol.ts";
import type { Pyodide, PyProxy } from "./pyodide.ts";

/** Python file names among a command's words: `python train.py`, `pytest tests/test_risk.py`. */
const SCRIPT = /\.py$/;

export class Packages {
  readonly #pyodide: Pyodide;
  readonly #byImport: Readonly<Record<string, string>>;
  readonly #loaded = new Set<string>();
  readonly #say: (text: string) => void;

  constructor(pyodide: Pyodide, byImport: Readonly<Record<string, string>>, say: (text: string) => void) {
    this.#pyodide = pyodide;
    this.#byImport = byImport;
    this.#say = say;
  }

  /** Load what `code` imports. Code that does not parse loads nothing: running it says what is wrong. */
  async loadFor(code: string): Promise<void> {
    const wanted = new Set(this.#imports(code).flatMap((name) => this.#byImport[name] ?? []));
    const missing = [...wanted].filter((name) => !this.#loaded.has(name));
    if (missing.length === 0) return;
    this.#say(`Loading ${missing.join(", ")}`);
    await this.#pyodide.loadPackage(missing, { messageCallback: () => {}, errorCallback: () => {} });
    const found = this.#pyodide.loadedPackages;
    const absent = missing.filter((name) => !(name in found));
    if (absent.length > 0)
      throw new Error(`${absent.join(", ")} could not be loaded. Check the connection and run again.`);
    for (const name of missing) this.#loaded.add(name);
  }

  async loadForCommand(job: Extract<PythonJob, { kind: "command" }>): Promise<void> {
    for (const word of job.argv.slice(1)) {
      if (!SCRIPT.test(word)) continue;
      const path = word.startsWith("/") ? word : `${job.cwd}/${word}`;
      if (!this.#pyodide.FS.analyzePath(path, false).exists) continue;
      await this.loadFor(this.#pyodide.FS.readFile(path, { encoding: "utf8" }) as string);
    }
  }

  #imports(code: string): string[] {
    const finder = this.#pyodide.pyimport("pyodide.code") as PyProxy & { find_imports(code: string): PyProxy };
    try {
      const found = finder.find_imports(code);
      const names = found.toJs() as string[];
      found.destroy();
      return names;
    } catch {
      return [];
    } finally {
      finder.destroy();
    }
  }
}
