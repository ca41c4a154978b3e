/**
 * The Python worker: boots Pyodide from posted bytes and runs the page's jobs, one at a time.
 *
 * Streaming commands (`kubectl logs -f`) are generators. They are stepped in slices between the other jobs, so that a
 * cell can run while one of them follows. The port to the page stays in this module's closure.
 */

import type { BootPlan, FromPython, Part, PythonJob, ToPython } from "../runtime/protocol.ts";
import { PROTOCOL } from "../runtime/protocol.ts";
import { breathe, closeWaysOut, dataOf, now, scope, senderOf, sleep } from "./natives.ts";
import { OutputBatch } from "./output.ts";
import { Packages } from "./packages.ts";
import { load, type Pyodide } from "./pyodide.ts";
import { PythonSession } from "./python-session.ts";
import { BASE, FileStore } from "./store.ts";

/** Longest stretch of Python between two looks at the message queue, for streaming commands. Milliseconds. */
const SLICE = 16;
/** Pause after a streaming command that had nothing to say. Milliseconds. */
const IDLE = 60;

type Job = ToPython & { type: "job" };
type Boot = ToPython & { type: "boot" };

scope.onmessage = (event) => {
  const [port] = event.ports;
  scope.onmessage = null;
  if (port) void serve(port, dataOf(event) as Boot);
};

async function serve(port: MessagePort, boot: Boot): Promise<void> {
  const post = senderOf(port);
  const send = (message: FromPython, transfer: Transferable[] = []) => post({ v: PROTOCOL, ...message }, transfer);
  const store = new FileStore(boot.files, (name) => send({ type: "need", name }));
  const queue: Job[] = [];
  const interrupted = new Set<string>();
  let wake: () => void = () => {};
  let answer: { run: string; resolve: (text: string | null) => void } | undefined;

  port.onmessage = (event) => {
    const message = dataOf(event) as ToPython;
    if (message.type === "job") queue.push(message);
    else if (message.type === "interrupt") interrupted.add(message.run);
    else if (message.type === "file") store.answer(message.name, message.bytes);
    else if (message.type === "input" && answer?.run === message.run) answer.resolve(message.text);
    wake();
  };

  let current: { run: string; output: OutputBatch } | undefined;
  const emit = (part: Part) => current?.output.write(part.kind, part.data);
  const ask = (prompt: string) =>
    new Promise<string | null>((resolve) => {
      if (!current) return resolve(null);
      current.output.flush();
      answer = { run: current.run, resolve };
      send({ type: "ask", run: current.run, prompt });
    });

  let session: PythonSession;
  let packages: Packages;
  let note = "";
  try {
    const pyodide = await start(boot.plan, store, emit, (text) => send({ type: "progress", text }));
    session = new PythonSession(pyodide, boot.plan.seed, { emit, ask });
    packages = new Packages(pyodide, boot.plan.imports, (text) => send({ type: "progress", text }));
    if (boot.world !== null) note = restore(session, boot.world);
    store.forget(Object.keys(boot.files));
    send({ type: "ready", files: session.readDelta(), world: session.snapshot(), note });
  } catch (error) {
    send({ type: "failed", message: describe(error) });
    return;
  }

  const finish = (run: string, ok: boolean, value: string) => {
    const files = session.readDelta();
    send({ type: "done", run, ok, value, world: session.snapshot(), files }, transferables(files));
  };

  const runBlocking = async ({ run, job, files }: Job & { job: Exclude<PythonJob, { kind: "command" }> }) => {
    const output = new OutputBatch((parts) => send({ type: "parts", run, parts }), now);
    current = { run, output };
    let ok = true;
    let value = "";
    try {
      session.writeFiles(files);
      if (job.kind === "cell" || job.kind === "check") await packages.loadFor(job.code);
      value = await session.run(job);
    } catch (error) {
      ok = false;
      output.write("error", describe(error));
    }
    output.end();
    current = undefined;
    answer = undefined;
    finish(run, ok, value);
  };

  const streams: Stream[] = [];
  const beginStream = async ({ run, job, files }: Job & { job: Extract<PythonJob, { kind: "command" }> }) => {
    const output = new OutputBatch((parts) => send({ type: "parts", run, parts }), now);
    try {
      session.writeFiles(files);
      await packages.loadForCommand(job);
      streams.push({ run, output, command: session.command(job) });
    } catch (error) {
      output.write("error", describe(error));
      output.end();
      finish(run, false, "1");
    }
  };

  /** Step one command for a slice; true when it had something to do. */
  const advance = (stream: Stream): boolean => {
    const { run, output, command } = stream;
    current = stream; // what it prints past its generator (a Python script's own output) belongs to it too
    let busy = false;
    try {
      for (const until = now() + SLICE; now() < until; ) {
        const step = interrupted.delete(run) ? command.interrupt() : command.step();
        if ("exitCode" in step) return endStream(stream, step.exitCode);
        if (!step.part) break;
        busy = true;
        output.write(step.part.kind, step.part.data);
      }
    } catch (error) {
      output.write("error", describe(error));
      return endStream(stream, 1);
    } finally {
      current = undefined;
    }
    output.flush();
    return busy;
  };

  const endStream = (stream: Stream, exitCode: number): boolean => {
    streams.splice(streams.indexOf(stream), 1);
    stream.output.end();
    finish(stream.run, true, String(exitCode));
    return true;
  };

  for (;;) {
    const next = queue.shift();
    if (next?.job.kind === "command") await beginStream({ ...next, job: next.job });
    else if (next) await runBlocking({ ...next, job: next.job });
    const busy = streams.slice().map(advance).some(Boolean); // a copy: a stream that ends leaves the list
    if (busy || queue.length > 0) await breathe();
    else {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await (streams.length > 0 ? Promise.race([woken, sleep(IDLE)]) : woken);
    }
  }
}

interface Stream {
  readonly run: string;
  readonly output: OutputBatch;
  readonly command: ReturnType<PythonSession["command"]>;
}

async function start(
  plan: BootPlan,
  store: FileStore,
  emit: (part: Part) => void,
  say: (text: string) => void,
): Promise<Pyodide> {
  store.replaceFetch();
  say("Starting Python");
  const pyodide = await load({
    indexURL: BASE,
    packageBaseUrl: BASE,
    ...(plan.archive && { stdLibURL: BASE + plan.archive }),
    enableRunUntilComplete: false, // it needs JSPI, which not every browser has; nothing here runs an event loop itself
    env: { HOME: "/home/learner", USER: "learner", LANG: "C.UTF-8", MPLBACKEND: "agg" },
  });
  closeWaysOut(); // not before: Pyodide looks for them to learn where it runs
  say("Starting the simulated system");
  for (const kind of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    const write = (bytes: Uint8Array) => {
      emit({ kind, data: decoder.decode(bytes, { stream: true }) });
      return bytes.length;
    };
    if (kind === "stdout") pyodide.setStdout({ write });
    else pyodide.setStderr({ write });
  }
  pyodide.setStdin({ error: true }); // `input()` is the Session's; nothing else may wait for a terminal that is not there
  if (plan.wheel) {
    const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
    pyodide.unpackArchive(await store.bytes(plan.wheel), "wheel", { extractDir });
  }
  return pyodide;
}

/** Bring the World back to the last finished command; when that cannot be, go on with a new one and say so. */
function restore(session: PythonSession, world: string): string {
  try {
    session.restore(world);
    return "";
  } catch (error) {
    return `The saved state of the simulated system could not be read, so it starts anew (${describe(error)}).`;
  }
}

function transferables(files: readonly { bytes: Uint8Array | null }[]): ArrayBuffer[] {
  return files.flatMap(({ bytes }) => (bytes ? [bytes.buffer as ArrayBuffer] : []));
}

/** An exception in words: for one from Python the last line of its traceback says what; the rest is our own frames. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const lines = text.trim().split("\n");
  return (error instanceof Error && error.name === "PythonError" ? (lines.at(-1) ?? text) : text).slice(0, 4000);
}
