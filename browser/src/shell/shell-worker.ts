/**
 * The shell's worker: just-bash on a copy of the learner's checkout. Each line is an `exec` of its own, so what a real
 * shell would remember (variables, directory, `$?`, functions) is carried from line to line here. Commands that speak for
 * the simulated system are forwarded to Python through the page.
 */

import { Bash, defineCommand } from "just-bash/browser";
import type { FileDelta } from "../runtime/protocol.ts";
import { ByteFiles } from "./byte-files.ts";
import { Checkout } from "./checkout.ts";
import { Forwarder } from "./forwarder.ts";
import { functionsIn, loneCommand, read } from "./line.ts";
import { type FromShell, INTERRUPTED, type ToShell } from "./protocol.ts";
import { completions } from "./words.ts";

/** How just-bash says that a line was ended from outside. */
const ABORTED = /bash: execution aborted\n?/;
const NAME = /^[A-Za-z_]\w*$/;

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToShell>) => void) | null;
  postMessage(message: FromShell): void;
}
const scope = globalThis as unknown as WorkerScope;
const send = (message: FromShell) => scope.postMessage(message);

type Start = ToShell & { type: "start" };

class Shell {
  readonly #bash: Bash;
  readonly #checkout: Checkout;
  readonly #forwarder: Forwarder;
  readonly #forwarded: readonly string[];
  readonly #functions = new Map<string, string>();
  #env: Record<string, string>;
  #cwd: string;
  #exitCode = 0;
  #running: AbortController | undefined;

  constructor({ checkout, cwd, forwarded, environment }: Start) {
    this.#forwarded = forwarded;
    this.#forwarder = new Forwarder(send, {
      outgoing: () => this.#checkout.changes(),
      incoming: (files) => this.#checkout.receive(files),
    });
    this.#env = {
      ...environment,
      HOME: "/home/learner",
      USER: "learner",
      SHELL: "/bin/bash",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      PWD: cwd,
    };
    this.#cwd = cwd;
    const files = new ByteFiles({ [`${checkout}/.keep`]: "", "/tmp/.keep": "" }); // makes the two folders; the files go at once
    this.#bash = new Bash({
      cwd,
      env: this.#env,
      fs: files,
      sleep: (milliseconds) => this.#forwarder.sleep(milliseconds / 1000),
      customCommands: forwarded.map((name) =>
        defineCommand(name, (args, context) => this.#forwarder.call(name, args, context)),
      ),
      processInfo: { pid: 4711, ppid: 1, uid: 1000, gid: 1000 },
    });
    this.#checkout = new Checkout(files, checkout);
  }

  async start(files: FileDelta): Promise<void> {
    for (const path of this.#bash.fs.getAllPaths()) if (path.endsWith("/.keep")) await this.#bash.fs.rm(path);
    await this.#checkout.receive(files);
  }

  async run(id: number, text: string, files: FileDelta): Promise<void> {
    const reading = read(text, (line) => this.#bash.transform(line));
    if (reading.kind === "incomplete") return send({ type: "incomplete", id });
    await this.#checkout.receive(files);
    const lone = reading.kind === "whole" ? loneCommand(reading.result) : null;
    this.#forwarder.streams = lone !== null && this.#forwarded.includes(lone);
    this.#running = new AbortController();
    // `(exit 3);` gives `$?` its value of the line before.
    const before = [...this.#functions.values(), this.#exitCode === 0 ? "" : `(exit ${this.#exitCode})`].filter(
      Boolean,
    );
    const script = before.length > 0 ? `${before.join("\n")}\n${text}` : text;
    const options = { env: this.#env, replaceEnv: true, cwd: this.#cwd, rawScript: true, signal: this.#running.signal };
    const result = await this.#bash.exec(script, options);
    const wasInterrupted = this.#running.signal.aborted;
    this.#running = undefined;
    this.#exitCode = wasInterrupted ? INTERRUPTED : result.exitCode;
    this.#env = Object.fromEntries(Object.entries(result.env).filter(([name]) => NAME.test(name)));
    this.#cwd = result.env.PWD ?? this.#cwd;
    if (reading.kind === "whole")
      for (const [name, source] of functionsIn(reading.result, text)) this.#functions.set(name, source);
    send({
      type: "done",
      id,
      stdout: result.stdout,
      stderr: wasInterrupted ? result.stderr.replace(ABORTED, "") : result.stderr,
      exitCode: this.#exitCode,
      cwd: this.#cwd,
      files: await this.#checkout.changes(),
    });
  }

  /** Ctrl-C: a forwarded command ends by itself, and what it wrote goes down its pipe; anything else is cut off. */
  interrupt(): void {
    if (!this.#forwarder.interrupt()) this.#running?.abort();
  }

  receive(message: ToShell & { type: "chunk" | "returned" }): void {
    this.#forwarder.receive(message);
  }

  async complete(id: number, text: string): Promise<void> {
    const commands = [...this.#forwarded, ...(await this.#bash.fs.readdir("/usr/bin").catch(() => []))];
    const found = await completions(text, this.#cwd, commands, this.#bash.fs);
    send({ type: "completions", id, ...found });
  }
}

let shell: Shell | undefined;

async function serve(message: ToShell): Promise<void> {
  if (message.type === "start") {
    shell = new Shell(message);
    await shell.start(message.files);
    send({ type: "started" });
  } else if (message.type === "line") await shell?.run(message.id, message.text, message.files);
  else if (message.type === "interrupt") shell?.interrupt();
  else if (message.type === "complete") await shell?.complete(message.id, message.text);
  else shell?.receive(message);
}

scope.onmessage = ({ data }) => {
  serve(data).catch((error: unknown) =>
    send({ type: "broken", message: error instanceof Error ? error.message : String(error) }),
  );
};
