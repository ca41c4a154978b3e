/** The simulator's `grandmodel_sim.browser.Session` as TypeScript: the only file that knows how Python values cross. */

import type { FileDelta, Part, PythonJob } from "../runtime/protocol.ts";
import { PART_KINDS } from "../runtime/protocol.ts";
import type { PyCallable, PyGenerator, Pyodide, PyProxy } from "./pyodide.ts";

interface SessionProxy extends PyProxy {
  readonly run_cell: PyCallable;
  readonly run_command: PyCallable;
  readonly check_exercise: PyCallable;
  complete(code: string, cursor: number, page: string): string;
  begin_exercise(exercise: string): boolean;
  reset_page(page: string): void;
  answer_input(text: string): void;
  packages_for(code: string): string;
  prepare(code: string): void;
  ensure_workspace(): void;
  command_names(): string;
  environment(): string;
  advance(seconds: number): void;
  http(method: string, path: string, body: string): string;
  snapshot(): string;
  restore(text: string): void;
  write_files(delta: PyProxy): void;
  read_delta(): PyProxy;
}

export interface Callbacks {
  emit(part: Part): void;
  /** Python waits for a line; `answer` gives it. */
  ask(prompt: string): void;
}

/** A streaming command's next chunk, its wish to wait (seconds), or its exit code. */
export type CommandStep = { readonly part: Part } | { readonly wait: number } | { readonly exitCode: number };

type CommandJob = Extract<PythonJob, { kind: "command" }>;

export class PythonSession {
  readonly #pyodide: Pyodide;
  readonly #session: SessionProxy;

  constructor(pyodide: Pyodide, seed: number, callbacks: Callbacks) {
    this.#pyodide = pyodide;
    const emit = (kind: string, data: string) => {
      if (kind === "input-request") return callbacks.ask(String(data));
      const known = PART_KINDS.find((name) => name === kind);
      if (!known) throw new Error(`Session emitted output of unknown kind ${kind}`);
      callbacks.emit({ kind: known, data: String(data) });
    };
    const module = pyodide.pyimport("grandmodel_sim.browser") as PyProxy & { Session: PyCallable };
    this.#session = module.Session.callKwargs({ world_seed: seed, emit }) as SessionProxy;
    module.destroy();
  }

  /** Run a job to its end. `value` is what the job's kind promises (see protocol.ts, `done`). */
  async run(job: Exclude<PythonJob, CommandJob>): Promise<{ ok: boolean; value: string }> {
    switch (job.kind) {
      case "cell": // a coroutine: it lets messages in while it waits for input
        if (job.exercise !== undefined) this.#session.begin_exercise(job.exercise);
        return { ok: Boolean(await this.#session.run_cell(job.code, job.page, job.filename)), value: "" };
      case "check":
        return { ok: true, value: String(await this.#session.check_exercise(job.exercise, job.code, job.seed)) };
      case "complete":
        return { ok: true, value: this.#session.complete(job.code, job.cursor, job.page) };
      case "reset":
        this.#session.reset_page(job.page);
        return { ok: true, value: "" };
      case "advance":
        this.#session.advance(job.seconds);
        return { ok: true, value: "" };
      case "http":
        return { ok: true, value: this.#session.http(job.method, job.path, job.body) };
      case "workspace": // its files are in the delta of given files
        return { ok: true, value: "" };
    }
  }

  /** Begin a command. `emit` takes what a Python program prints while a step lasts. */
  command(job: CommandJob, emit: (part: Part) => void): { step(): CommandStep; end(): void } {
    const { toPy } = this.#pyodide;
    const write = (stream: string, data: string) => emit({ kind: stream === "stderr" ? "stderr" : "stdout", data });
    const generator = this.#session.run_command.callKwargs(
      toPy([...job.argv]),
      job.stdin,
      job.cwd,
      toPy({ ...job.env }),
      {
        write,
      },
    ) as PyGenerator;
    return {
      step: () => {
        const { done, value } = generator.next(undefined) as IteratorResult<PyProxy, number>;
        if (done) {
          generator.destroy();
          return { exitCode: Number(value) };
        }
        const [kind, data] = value.toJs() as [string, string];
        value.destroy();
        if (kind === "wait") return { wait: Number(data) };
        return { part: { kind: kind === "stderr" ? "stderr" : "stdout", data } };
      },
      end: () => {
        generator.return(undefined);
        generator.destroy();
      },
    };
  }

  /** Answer the `input()` that waits. */
  answer(text: string): void {
    this.#session.answer_input(text);
  }

  /** The commands that `command` knows. */
  commandNames(): string[] {
    return JSON.parse(this.#session.command_names()) as string[];
  }

  /** The variables that the terminal's shell begins with. */
  environment(): Record<string, string> {
    return JSON.parse(this.#session.environment()) as Record<string, string>;
  }

  /** Names of the packages that `code` needs loaded before it runs. */
  packagesFor(code: string): string[] {
    return JSON.parse(this.#session.packages_for(code)) as string[];
  }

  /** Put in place what a job may want of the given workspace; returns what that added. */
  prepare(job: PythonJob): FileDelta {
    if (job.kind === "cell") this.#session.prepare(job.code);
    else if (job.kind === "workspace" || job.kind === "command") this.#session.ensure_workspace();
    else return [];
    return this.readDelta();
  }

  /** Whether the interpreter still answers; after a fatal error (its stack overflowed) every call into it fails. */
  get isAlive(): boolean {
    try {
      return this.#pyodide.runPython("True") === true;
    } catch {
      return false;
    }
  }

  snapshot(): string {
    return this.#session.snapshot();
  }

  restore(world: string): void {
    this.#session.restore(world);
  }

  writeFiles(delta: FileDelta): void {
    if (delta.length === 0) return;
    // undefined becomes None; null would become a value of its own.
    const changes = this.#pyodide.toPy(new Map(delta.map(({ path, bytes }) => [path, bytes ?? undefined]))) as PyProxy;
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
}
