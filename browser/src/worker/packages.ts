/** numpy, pandas and matplotlib, loaded when the code at hand needs them and not before. */

import type { PythonJob } from "../runtime/protocol.ts";
import type { Pyodide } from "./pyodide.ts";
import type { PythonSession } from "./python-session.ts";

/** Where the learner's checkout lies in Python's file system. */
export const CHECKOUT = "/home/learner/GrandModel";

export class Packages {
  readonly #pyodide: Pyodide;
  readonly #session: PythonSession;
  readonly #say: (text: string) => void;

  constructor(pyodide: Pyodide, session: PythonSession, say: (text: string) => void) {
    this.#pyodide = pyodide;
    this.#session = session;
    this.#say = say;
  }

  /** Load what a job's code imports. Raises when a package cannot be had; the message is for the learner. */
  async loadFor(job: PythonJob): Promise<void> {
    const wanted = new Set(this.#sources(job).flatMap((code) => this.#session.packagesFor(code)));
    const missing = [...wanted].filter((name) => !(name in this.#pyodide.loadedPackages));
    if (missing.length === 0) return;
    this.#say(`Loading ${missing.join(", ")}`);
    await this.#pyodide.loadPackage(missing, { messageCallback: () => {}, errorCallback: () => {} });
    const absent = missing.filter((name) => !(name in this.#pyodide.loadedPackages));
    if (absent.length > 0)
      throw new Error(`${absent.join(", ")} could not be loaded. Check the connection and run again.`);
  }

  /** The code that a job will run, as far as it can be read off beforehand. */
  #sources(job: PythonJob): string[] {
    if (job.kind === "cell" || job.kind === "check") {
      const checks = job.exercise === undefined ? [] : [(JSON.parse(job.exercise) as { checks: string }).checks];
      return [job.code, ...checks];
    }
    if (job.kind !== "command" || !/^python3?$/.test(job.argv[0] ?? "")) return [];
    const words = job.argv.slice(1);
    const sources = words[0] === "-c" ? [words[1] ?? ""] : [job.stdin];
    const scripts =
      words[0] === "-m"
        ? [`${(words[1] ?? "").replaceAll(".", "/")}.py`]
        : words.filter((word) => word.endsWith(".py"));
    for (const script of scripts) {
      for (const path of script.startsWith("/") ? [script] : [`${job.cwd}/${script}`, `${CHECKOUT}/${script}`]) {
        if (this.#pyodide.FS.analyzePath(path, false).exists) {
          sources.push(this.#pyodide.FS.readFile(path, { encoding: "utf8" }) as string);
          break;
        }
      }
    }
    return sources;
  }
}
