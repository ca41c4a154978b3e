/**
 * The session: one Python worker for the whole visit, and the queue of jobs that it works off.
 *
 * It lives as long as the tab's document does. Instant navigation swaps pages under it. Stop, a crash and a protocol
 * error all end the worker and start another one, with files and World as they were after the last finished command;
 * what notebook cells had defined is lost, which `generation` lets the elements notice and say.
 */

import { assetUrl, pageUrl } from "../progress/index.ts";
import { RuntimeFiles } from "./files.ts";
import { type Keep, keepOf } from "./keep.ts";
import { firstMessage, type Step, steps, workerScript } from "./ladder.ts";
import {
  type Environment,
  type FromPython,
  type HttpAnswer,
  newRunId,
  type Part,
  PROTOCOL,
  type PythonJob,
  parseFromPython,
  parseHttpAnswer,
  RateGate,
  type ToPython,
} from "./protocol.ts";
import { Sandbox } from "./sandbox.ts";
import { Watchdog } from "./watchdog.ts";
import { type Peer, Workspace } from "./workspace.ts";

/** The World of a first visit; labs that need another bring their own seed. */
const WORLD_SEED = 7;

export interface Status {
  readonly phase: "idle" | "booting" | "ready" | "failed";
  /** What is going on, or why it failed, in words. */
  readonly text: string;
  /** What runs just now, as the one who asked for it named it. */
  readonly running: string | null;
  /** Counts workers: a new one knows nothing of what cells defined. */
  readonly generation: number;
}

/** What a run tells while it runs. */
export interface RunListener {
  /** The job left the queue. */
  started?(): void;
  parts(parts: readonly Part[]): void;
  /** Python waits for a line of input. */
  ask?(prompt: string, answer: (text: string) => void): void;
}

export type Outcome =
  | { readonly kind: "done"; readonly ok: boolean; readonly value: string }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string };

export interface Run {
  readonly outcome: Promise<Outcome>;
  /** Ask a streaming command to end, as Ctrl-C does. A busy cell cannot hear it: use `Session.stop`. */
  interrupt(): void;
}

interface Pending {
  readonly id: string;
  readonly job: PythonJob;
  readonly label: string;
  readonly listener: RunListener;
  readonly settle: (outcome: Outcome) => void;
}

export class Session {
  readonly workspace = new Workspace();
  readonly keep: Keep;
  readonly #sandbox = new Sandbox();
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #active = new Map<string, Pending>();
  #queue: Pending[] = [];
  #status: Status = { phase: "idle", text: "", running: null, generation: 0 };
  #files: RuntimeFiles | undefined;
  #booting: Promise<void> | undefined;
  #restored: Promise<void> | undefined;
  #port: MessagePort | undefined;
  #peer: Peer | undefined;
  #world: string | null = null;
  #commands: readonly string[] = [];
  #environment: Environment = {};
  #notices: string[] = [];
  #failBoot: (error: Error) => void = () => {};
  /** The blocking job that Python works on; commands run beside it. */
  #blocking: Pending | undefined;

  constructor(sitePath: string) {
    this.keep = keepOf(sitePath);
    this.workspace.onChange = (delta) => void this.keep.putFiles(delta);
    // Once Python is there, an error that reaches the worker's top is a learner's stray callback: no reason to end it.
    this.#sandbox.onWorkerError = (message) => this.#failBoot(new Error(`The sandbox's worker broke (${message}).`));
  }

  get status(): Status {
    return this.#status;
  }

  /** The World as of the last finished command: JSON, or null before the first boot. */
  get world(): string | null {
    return this.#world;
  }

  /** The terminal commands that Python answers; known once it is ready. */
  get commands(): readonly string[] {
    return this.#commands;
  }

  /** The variables that the terminal's shell begins with; known once Python is ready. */
  get environment(): Environment {
    return this.#environment;
  }

  /** What the reader must be told once, e.g. that a saved state could not be read. Empties the list. */
  takeNotices(): string {
    const notices = [...this.#notices.splice(0), ...(this.keep.trouble ? [this.keep.trouble] : [])];
    return notices.map((notice) => `${notice} `).join("");
  }

  /** The job that keeps Python busy, so that even a command must wait for it; null when there is none. */
  get busyWith(): string | null {
    return this.#blocking?.label ?? null;
  }

  /** Hear of every change of status. Returns the function that ends it. */
  subscribe(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Start Python if it is not there. Rejects with words for the reader; the next call tries again. */
  boot(): Promise<void> {
    this.#booting ??= this.#climb().catch((error: unknown) => {
      this.#booting = undefined;
      const text = error instanceof Error ? error.message : String(error);
      this.#report({ phase: "failed", text });
      for (const pending of this.#takeAll()) pending.settle({ kind: "failed", message: text });
      throw error;
    });
    return this.#booting;
  }

  /** Queue a job. Blocking jobs run one after another; commands start at once and run in slices. */
  run(job: PythonJob, label: string, listener: RunListener): Run {
    let settle: (outcome: Outcome) => void = () => {};
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const pending: Pending = { id: newRunId(), job, label, listener, settle };
    this.#queue.push(pending);
    this.boot().then(
      () => this.#pump(),
      () => {}, // the boot has settled every pending job with its reason
    );
    return { outcome, interrupt: () => this.#post({ v: PROTOCOL, type: "interrupt", run: pending.id }) };
  }

  /**
   * Ask the World's HTTP API, with an operator's rights. Requests wait for a cell that runs, as any job does.
   *
   * Resolves with the answer, whatever its status. Rejects with words for the reader when there is none: Python could
   * not start, or was stopped.
   *
   * @param body sent as JSON; null for none.
   */
  async http(
    method: string,
    path: string,
    body: object | null = null,
    label = "The trading desk",
  ): Promise<HttpAnswer> {
    const text = body === null ? "" : JSON.stringify(body);
    const outcome = await this.run({ kind: "http", method, path, body: text }, label, { parts() {} }).outcome;
    if (outcome.kind === "failed") throw new Error(outcome.message);
    if (outcome.kind === "stopped") throw new Error("The request was stopped.");
    if (!outcome.ok) throw new Error("The simulated system could not answer.");
    return parseHttpAnswer(outcome.value);
  }

  /** End whatever runs or waits, and start Python anew with the last finished state. */
  async stop(): Promise<void> {
    const ended = this.#takeAll();
    if (this.#port) this.#halt(); // while it boots nothing of the learner's runs yet, so the boot may go on
    for (const pending of ended) pending.settle({ kind: "stopped" });
    await this.boot().catch(() => {}); // a failed boot is in the status
  }

  // ---- booting -----------------------------------------------------------------------------------------------------

  async #climb(): Promise<void> {
    this.#report({
      phase: "booting",
      text: "Fetching Python (about 18 MB the first time, then from this browser's cache)",
    });
    this.#restored ??= this.#restore();
    await this.#restored;
    this.#files ??= RuntimeFiles.ofPage(new URL(pageUrl("")));
    const files = this.#files;
    const manifest = await files.manifest();
    const script = await workerScript(files, assetUrl("python-worker.js"));
    const reasons: string[] = [];
    for (const step of steps(manifest, WORLD_SEED)) {
      try {
        await this.#attempt(files, step, script);
        return;
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
        this.#sandbox.close();
      }
    }
    throw new Error(`Python could not start here. ${[...new Set(reasons)].join(" Then: ")}`);
  }

  async #restore(): Promise<void> {
    const [files, world] = await Promise.all([this.keep.files(), this.keep.value("world")]);
    this.workspace.restore(files);
    this.#world = world;
  }

  async #attempt(files: RuntimeFiles, step: Step, script: readonly (ArrayBuffer | string)[]): Promise<void> {
    const first = await firstMessage(files, step, this.#world);
    const watchdog = new Watchdog();
    try {
      watchdog.expect(
        15_000,
        "The sandbox frame did not open: an extension or a policy of this browser may block frames.",
      );
      await Promise.race([this.#sandbox.open(), watchdog.silence]);
      watchdog.expect(
        30_000,
        "The sandbox's worker did not start: an extension or a policy of this browser may block workers.",
      );
      const port = await Promise.race([this.#sandbox.start(script, first), watchdog.silence]);
      const ready = this.#greet(port, files, (text) => {
        this.#report({ text });
        watchdog.expect(60_000, `Python went silent (“${text}”). WebAssembly may be switched off, or memory short.`);
      });
      this.#ready(port, await Promise.race([ready, watchdog.silence]));
    } finally {
      watchdog.rest();
    }
  }

  /** Serve the worker while it boots; resolves with its `ready`. */
  #greet(port: MessagePort, files: RuntimeFiles, say: (text: string) => void): Promise<FromPython & { type: "ready" }> {
    const gate = new RateGate();
    return new Promise((resolve, reject) => {
      this.#failBoot = reject;
      port.onmessage = (event: MessageEvent<unknown>) => {
        try {
          gate.pass(performance.now());
          const message = parseFromPython(event.data);
          if (message.type === "progress" && this.#port !== port) say(message.text);
          else if (message.type === "need") void this.#supply(port, files, message.name);
          else if (message.type === "failed" && this.#port !== port) reject(new Error(message.message));
          else if (message.type === "ready") resolve(message);
          else if (this.#port === port) this.#receive(message);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          if (this.#port === port) this.#crash(reason);
          else reject(new Error(reason));
        }
      };
    });
  }

  #ready(port: MessagePort, ready: FromPython & { type: "ready" }): void {
    this.#port = port;
    this.#peer = this.workspace.peer();
    this.#setWorld(ready.world);
    this.#commands = ready.commands;
    this.#environment = ready.environment;
    if (ready.note) this.#notices.push(ready.note);
    this.#report({ phase: "ready", text: "", generation: this.#status.generation + 1 });
  }

  /** Only packages of this runtime are handed in, whatever is asked for. */
  async #supply(port: MessagePort, files: RuntimeFiles, name: string): Promise<void> {
    let bytes: ArrayBuffer | null = null;
    try {
      const known = Object.values((await files.manifest()).packages).some((entry) => entry.file === name);
      if (known) bytes = await files.bytes(name);
    } catch (error) {
      this.#report({ text: error instanceof Error ? error.message : String(error) });
    }
    port.postMessage({ v: PROTOCOL, type: "file", name, bytes } satisfies ToPython);
  }

  // ---- jobs --------------------------------------------------------------------------------------------------------

  #pump(): void {
    if (this.#status.phase !== "ready") return;
    const waiting = this.#queue;
    this.#queue = [];
    for (const pending of waiting) {
      if (pending.job.kind === "command") this.#begin(pending);
      else if (this.#blocking) this.#queue.push(pending);
      else {
        this.#blocking = pending;
        this.#begin(pending);
      }
    }
  }

  #begin(pending: Pending): void {
    this.#active.set(pending.id, pending);
    this.#report({});
    pending.listener.started?.();
    const files = this.#peer?.outgoing() ?? [];
    this.#post({ v: PROTOCOL, type: "job", run: pending.id, job: pending.job, files });
  }

  #post(message: ToPython): void {
    this.#port?.postMessage(message);
  }

  /** Messages of a run that is over, or never was, are dropped. */
  #receive(message: FromPython): void {
    if (message.type === "progress") {
      this.#report({ text: message.text });
      return;
    }
    if (message.type === "failed") {
      this.#crash(`Python broke down (${message.message}).`);
      return;
    }
    if (message.type === "given") {
      if (this.#peer) this.workspace.give(message.files, this.#peer);
      return;
    }
    if (message.type !== "parts" && message.type !== "ask" && message.type !== "done") return;
    const pending = this.#active.get(message.run);
    if (!pending) return;
    if (message.type === "parts") pending.listener.parts(message.parts);
    else if (message.type === "ask") {
      const answer = (text: string) => this.#post({ v: PROTOCOL, type: "input", run: pending.id, text });
      pending.listener.ask?.(message.prompt, answer);
    } else {
      this.#active.delete(pending.id);
      if (this.#blocking === pending) this.#blocking = undefined;
      this.#peer?.incoming(message.files);
      this.#setWorld(message.world);
      this.#report({ text: "" });
      pending.settle({ kind: "done", ok: message.ok, value: message.value });
      this.#pump();
    }
  }

  #setWorld(world: string | null): void {
    if (world === null || world === this.#world) return;
    this.#world = world;
    void this.keep.putValue("world", world);
  }

  #takeAll(): Pending[] {
    const all = [...this.#active.values(), ...this.#queue];
    this.#active.clear();
    this.#queue = [];
    this.#blocking = undefined;
    return all;
  }

  /** Let go of the worker. The next `boot` starts another one. */
  #halt(): void {
    if (this.#port) this.#port.onmessage = null;
    this.#port = undefined;
    this.#booting = undefined;
    this.#sandbox.stop();
    this.#report({ phase: "idle", text: "" });
  }

  #crash(reason: string): void {
    const ended = this.#takeAll();
    this.#halt();
    for (const pending of ended)
      pending.settle({ kind: "failed", message: `${reason} Python was started anew: variables are lost.` });
    void this.boot().catch(() => {}); // a failed boot is in the status
  }

  #report(change: Partial<Status>): void {
    const running = this.#blocking ?? this.#active.values().next().value;
    this.#status = { ...this.#status, ...change, running: running?.label ?? null };
    for (const listener of this.#listeners) listener(this.#status);
  }
}

let shared: Session | undefined;

/** The one session of this document. */
export function session(): Session {
  shared ??= new Session(new URL(pageUrl("")).pathname);
  return shared;
}
