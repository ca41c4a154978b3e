/** Commands that Python answers: asked through the page, their output gathered for a pipe or shown as it comes. */

import type { CommandContext, ExecResult } from "just-bash/browser";
import type { FileDelta } from "../runtime/protocol.ts";
import type { FromShell, ToShell } from "./protocol.ts";

interface Files {
  outgoing(): Promise<FileDelta>;
  incoming(files: FileDelta): Promise<void>;
}

interface Call {
  readonly streams: boolean;
  stdout: string;
  stderr: string;
  readonly resolve: (returned: Returned) => void;
}

interface Returned {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly files: FileDelta;
}

/** just-bash hands standard input over as bytes, one character each. */
function utf8(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

export class Forwarder {
  readonly #send: (message: FromShell) => void;
  readonly #files: Files;
  readonly #calls = new Map<number, Call>();
  #count = 0;
  /** Whether the line that runs is one forwarded command alone, whose output goes straight to the screen. */
  streams = false;

  constructor(send: (message: FromShell) => void, files: Files) {
    this.#send = send;
    this.#files = files;
  }

  /** Run one command in Python; `files` travel there and back, since it may read what the line wrote just before. */
  async call(name: string, args: readonly string[], context: CommandContext): Promise<ExecResult> {
    const call = this.#next();
    const files = await this.#files.outgoing();
    const returned = await new Promise<Returned>((resolve) => {
      this.#calls.set(call, { streams: this.streams, stdout: "", stderr: "", resolve });
      const env = { ...(context.exportedEnv ?? Object.fromEntries(context.env)) };
      this.#send({
        type: "call",
        call,
        argv: [name, ...args],
        stdin: utf8(context.stdin as unknown as string), // a string by another name
        cwd: context.cwd,
        env,
        files,
      });
    });
    await this.#files.incoming(returned.files);
    return { stdout: returned.stdout, stderr: returned.stderr, exitCode: returned.exitCode, stdoutKind: "text" };
  }

  /** `sleep`: virtual time goes by at once. */
  sleep(seconds: number): Promise<void> {
    const call = this.#next();
    return new Promise((resolve) => {
      this.#calls.set(call, { streams: false, stdout: "", stderr: "", resolve: () => resolve() });
      this.#send({ type: "sleep", call, seconds });
    });
  }

  /** Ask the commands that run to end; false when there are none. */
  interrupt(): boolean {
    for (const call of this.#calls.keys()) this.#send({ type: "interruptCall", call });
    return this.#calls.size > 0;
  }

  receive(message: ToShell & { type: "chunk" | "returned" }): void {
    const call = this.#calls.get(message.call);
    if (!call) return;
    if (message.type === "returned") {
      this.#calls.delete(message.call);
      const { exitCode, files } = message;
      call.resolve({ stdout: call.stdout, stderr: call.stderr, exitCode, files });
      return;
    }
    for (const { kind, data } of message.parts) {
      const stream = kind === "stdout" ? "stdout" : "stderr";
      if (call.streams) this.#send({ type: "write", stream, text: data });
      else call[stream] += data;
    }
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}
