/**
 * The page's end of the shell: one worker for the session, joined to Python through the workspace. What a line changed is
 * in the workspace when the line ends, and what a cell changed is in the shell when the next line starts.
 */

import { assetUrl } from "../progress/index.ts";
import type { Run, Session } from "../runtime/session.ts";
import type { Peer } from "../runtime/workspace.ts";
import { type FromShell, INTERRUPTED, type ToShell } from "./protocol.ts";

export const CHECKOUT = "/home/learner/GrandModel";

/** How long a line may go on after Ctrl-C before the worker is ended. Milliseconds. */
const PATIENCE = 1500;

export interface Screen {
  write(stream: "stdout" | "stderr", text: string): void;
  /** Python does something else just now, or nothing any more (null). */
  waits(what: string | null): void;
}

export type LineOutcome = { readonly kind: "done"; readonly exitCode: number } | { readonly kind: "incomplete" };

interface Running {
  readonly id: number;
  readonly screen: Screen;
  readonly resolve: (outcome: LineOutcome) => void;
}

export class Shell {
  readonly #python: Session;
  readonly #calls = new Map<number, Run>();
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  #peer: Peer | undefined;
  #running: Running | undefined;
  #completing: { id: number; resolve: (found: { from: number; words: readonly string[] }) => void } | undefined;
  #count = 0;
  #cwd = CHECKOUT;
  #lost: (message: string) => void = () => {};

  constructor(python: Session) {
    this.#python = python;
  }

  get cwd(): string {
    return this.#cwd;
  }

  /** Start Python, the given workspace and the shell. Rejects with words for the reader; the next call tries again. */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async run(text: string, screen: Screen): Promise<LineOutcome> {
    await this.start();
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve) => {
      this.#running = { id, screen, resolve };
      this.#post({ type: "line", id, text, files: this.#peer?.outgoing() ?? [] });
    });
  }

  /** Ctrl-C. What does not end soon is cut off: the shell's worker, or Python's when a program is busy in it. */
  interrupt(): void {
    const { id } = this.#running ?? {};
    if (id === undefined) return;
    this.#post({ type: "interrupt" });
    setTimeout(() => {
      if (this.#running?.id !== id) return;
      if (this.#calls.size > 0 && this.#python.busyWith) this.#letGo();
      else if (this.#calls.size > 0) void this.#python.stop();
      else this.#restart("The shell did not answer and was started anew: its variables are lost.");
    }, PATIENCE);
  }

  async complete(text: string): Promise<{ from: number; words: readonly string[] }> {
    await this.start();
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve) => {
      this.#completing = { id, resolve };
      this.#post({ type: "complete", id, text });
    });
  }

  async #start(): Promise<void> {
    await this.#python.boot();
    await this.#python.run({ kind: "workspace" }, "the workspace", { parts: () => {} }).outcome;
    const response = await fetch(assetUrl("shell-worker.js"));
    if (!response.ok) throw new Error(`The shell could not be fetched: the server answered ${response.status}.`);
    // A worker from a blob inherits the page's policy; one from an address would have none.
    const url = URL.createObjectURL(await response.blob());
    const worker = new Worker(url);
    this.#worker = worker;
    const peer = this.#python.workspace.peer();
    this.#peer = peer;
    await new Promise<void>((resolve, reject) => {
      this.#lost = (message) => reject(new Error(message));
      worker.onerror = (event) => this.#lost(`The shell broke (${event.message || "its worker could not start"}).`);
      worker.onmessage = ({ data }: MessageEvent<FromShell>) => {
        if (data.type === "started") resolve();
        else this.#receive(data);
      };
      const { commands: forwarded, environment } = this.#python;
      const files = peer.outgoing();
      this.#post({ type: "start", checkout: CHECKOUT, cwd: this.#cwd, forwarded, environment, files });
    });
    URL.revokeObjectURL(url);
    this.#lost = (message) => this.#restart(message);
  }

  #post(message: ToShell): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromShell): void {
    switch (message.type) {
      case "write":
        this.#running?.screen.write(message.stream, message.text);
        break;
      case "call":
        this.#peer?.incoming(message.files);
        void this.#forward(message);
        break;
      case "sleep":
        void this.#sleep(message.call, message.seconds);
        break;
      case "interruptCall":
        this.#calls.get(message.call)?.interrupt();
        break;
      case "completions":
        if (this.#completing?.id === message.id) this.#completing.resolve(message);
        break;
      case "incomplete":
        this.#settle(message.id, { kind: "incomplete" });
        break;
      case "done":
        this.#peer?.incoming(message.files);
        this.#cwd = message.cwd;
        if (message.stdout) this.#running?.screen.write("stdout", message.stdout);
        if (message.stderr) this.#running?.screen.write("stderr", message.stderr);
        this.#settle(message.id, { kind: "done", exitCode: message.exitCode });
        break;
      case "broken":
        this.#lost(`The shell broke (${message.message}).`);
        break;
      case "started":
        break;
    }
  }

  async #forward({ call, argv, stdin, cwd, env }: FromShell & { type: "call" }): Promise<void> {
    const screen = this.#running?.screen;
    screen?.waits(this.#python.busyWith);
    const run = this.#python.run({ kind: "command", argv, stdin, cwd, env }, argv.join(" "), {
      parts: (parts) => {
        screen?.waits(null);
        this.#post({ type: "chunk", call, parts });
      },
    });
    this.#calls.set(call, run);
    const outcome = await run.outcome;
    if (!this.#calls.delete(call)) return; // the shell went on without it
    screen?.waits(null);
    let exitCode = INTERRUPTED;
    if (outcome.kind === "done") exitCode = Number.parseInt(outcome.value, 10);
    else {
      const words =
        outcome.kind === "failed"
          ? outcome.message
          : "Stopped: Python was started anew. Files and the simulated system are as after the last finished command.";
      screen?.write("stderr", `${words}\n`);
    }
    this.#post({ type: "returned", call, exitCode, files: this.#peer?.outgoing() ?? [] });
  }

  async #sleep(call: number, seconds: number): Promise<void> {
    await this.#python.run({ kind: "advance", seconds }, `sleep ${seconds}`, { parts: () => {} }).outcome;
    this.#post({ type: "returned", call, exitCode: 0, files: [] });
  }

  /** A cell keeps Python busy: the shell need not wait for it. The commands end when Python hears of the interrupt. */
  #letGo(): void {
    for (const call of this.#calls.keys()) this.#post({ type: "returned", call, exitCode: INTERRUPTED, files: [] });
    this.#calls.clear();
    this.#running?.screen.waits(null);
  }

  #settle(id: number, outcome: LineOutcome): void {
    if (this.#running?.id !== id) return;
    const { resolve } = this.#running;
    this.#running = undefined;
    resolve(outcome);
  }

  /** End the worker; the next line starts another one, with the workspace as it is. */
  #restart(message: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#starting = undefined;
    this.#calls.clear();
    this.#cwd = CHECKOUT;
    const running = this.#running;
    if (!running) return;
    running.screen.write("stderr", `${message}\n`);
    this.#settle(running.id, { kind: "done", exitCode: INTERRUPTED });
  }
}
