/** The simulator's `grandmodel_sim.browser.Session` as TypeScript: the only file that knows how Python values cross. */

import type { FileDelta, Part, PartKind, PythonJob } from "../runtime/protocol.ts";
import { PART_KINDS } from "../runtime/protocol.ts";
import { CAN_SUSPEND, type PyCallable, type PyGenerator, type Pyodide, type PyProxy } from "./pyodide.ts";

interface SessionProxy extends PyProxy {
  readonly run_cell: PyCallable;
  readonly run_command: PyCallable;
  readonly check_exercise: PyCallable;
  readonly complete: PyCallable;
  readonly reset_page: PyCallable;
  readonly snapshot: () => string;
  readonly restore: (text: string) => void;
  readonly write_files: (delta: PyProxy) => void;
  readonly read_delta: () => PyProxy;
}

export interface Callbacks {
  emit(part: Part): void;
  /** Ask the learner for a line; null when there is none to come. */
  ask(prompt: string): Promise<string | null>;
}

/** One chunk of a streaming command, or its exit code. */
export type CommandStep = { readonly part: Part | null } | { readonly exitCode: number };

export class PythonSession {
  readonly #pyodide: Pyodide;
  readonly #session: SessionProxy;

  constructor(pyodide: Pyodide, seed: number, callbacks: Callbacks) {
    this.#pyodide = pyodide;
    const emit = (kind: string, data: string) => {
      const known = PART_KINDS.find((name) => name === kind);
      if (!known) throw new Error(`Session emitted output of unknown kind ${kind}`);
      callbacks.emit({ kind: known, data: String(data) });
    };
    const ask = CAN_SUSPEND ? (prompt: string) => callbacks.ask(String(prompt)) : undefined;
    const module = pyodide.pyimport("grandmodel_sim.browser") as PyProxy & { Session: PyCallable };
    this.#session = module.Session.callKwargs({ world_seed: seed, emit, ask }) as SessionProxy;
    module.destroy();
  }

  /** Run a blocking job to its end. Returns what the job's kind promises (see protocol.ts, `done.value`). */
  async run(job: Exclude<PythonJob, { kind: "command" }>): Promise<string> {
    switch (job.kind) {
      case "cell":
        await this.#call(this.#session.run_cell, job.code, job.page, job.filename);
        return "";
      case "check":
        return String(await this.#call(this.#session.check_exercise, job.exercise, job.code, job.seed));
      case "complete":
        return String(this.#session.complete(job.code, job.cursor, job.page));
      case "reset":
        this.#session.reset_page(job.page);
        return "";
    }
  }

  /** Begin a command; each `step` runs it up to its next chunk. */
  command(job: Extract<PythonJob, { kind: "command" }>): { step(): CommandStep; interrupt(): CommandStep } {
    const { toPy } = this.#pyodide;
    const generator = this.#session.run_command(
      toPy([...job.argv]),
      job.stdin,
      job.cwd,
      toPy({ ...job.env }),
    ) as PyGenerator;
    const read = ({ done, value }: IteratorResult<unknown, unknown>): CommandStep => {
      if (done) {
        generator.destroy();
        return { exitCode: Number(value) };
      }
      const chunk = value as PyProxy;
      const [kind, data] = chunk.toJs() as [PartKind, string];
      chunk.destroy();
      return { part: data === "" ? null : { kind: kind === "stderr" ? "stderr" : "stdout", data } };
    };
    return {
      step: () => read(generator.next(undefined)),
      interrupt: () => {
        const interrupt = this.#pyodide.runPython("KeyboardInterrupt()") as PyProxy;
        try {
          return read(generator.throw(interrupt));
        } catch {
          return { exitCode: 130 }; // as a shell reports a command that Ctrl-C ended
        } finally {
          interrupt.destroy();
        }
      },
    };
  }

  snapshot(): string {
    return this.#session.snapshot();
  }

  restore(world: string): void {
    this.#session.restore(world);
  }

  writeFiles(delta: FileDelta): void {
    if (delta.length === 0) return;
    const changes = this.#pyodide.toPy(new Map(delta.map(({ path, bytes }) => [path, bytes]))) as PyProxy;
    this.#session.write_files(changes);
    changes.destroy();
  }

  readDelta(): FileDelta {
    const changes = this.#session.read_delta();
    const files = changes.toJs() as Map<string, Uint8Array | undefined>;
    changes.destroy();
    // A copy: what toJs gives is a view of the interpreter's memory.
    return Array.from(files, ([path, bytes]) => ({ path, bytes: bytes ? new Uint8Array(bytes) : null }));
  }

  /** Let Python wait for promises inside the call (for `input()`) where the browser can; await a coroutine where it is one. */
  async #call(method: PyCallable, ...args: unknown[]): Promise<unknown> {
    return CAN_SUSPEND ? await method.callPromising(...args) : await method(...args);
  }
}
