/**
 * The Python worker: boots Pyodide from posted bytes and runs the page's jobs, one at a time.
 *
 * Streaming commands (`kubectl logs -f`) are generators. They are stepped in slices between the other jobs, so that a
 * cell can run while one of them follows. The port to the page stays in this module's closure.
 */

import type { BootPlan, FromPython, Part, PythonJob, ToPython } from "../runtime/protocol.ts";
import { PROTOCOL } from "../runtime/protocol.ts";
import { breathe, closeWaysOut, dataOf, now, scope, senderOf, sleep } from "./natives.ts";
import { COMMAND_LIMITS, OUTPUT_LIMITS, OutputBatch, type OutputLimits } from "./output.ts";
import { CHECKOUT, Packages } from "./packages.ts";
import { load, type Pyodide } from "./pyodide.ts";
import { PythonSession } from "./python-session.ts";
import { BASE, FileStore } from "./store.ts";

/** Longest stretch of Python between two looks at the message queue, for streaming commands. Milliseconds. */
const SLICE = 16;

/** Exit code of a command that Ctrl-C ended, as bash reports it. */
const INTERRUPTED = 130;

type Job = ToPython & { type: "job" };
type CommandJob = Extract<PythonJob, { kind: "command" }>;
type BlockingJob = Exclude<PythonJob, CommandJob>;
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
  port.onmessage = (event) => {
    const message = dataOf(event) as ToPython;
    if (message.type === "job") queue.push(message);
    else if (message.type === "interrupt") interrupted.add(message.run);
    else if (message.type === "file") store.answer(message.name, message.bytes);
    else if (message.type === "input" && message.run === current?.run) session.answer(message.text);
    wake();
  };

  let current: { run: string; output: OutputBatch } | undefined;
  const emit = (part: Part) => current?.output.write(part.kind, part.data);
  const ask = (prompt: string) => {
    if (!current) return;
    current.output.flush();
    send({ type: "ask", run: current.run, prompt });
  };

  let session: PythonSession;
  let packages: Packages;
  let note = "";
  try {
    const pyodide = await start(boot.plan, store, emit, (text) => send({ type: "progress", text }));
    session = new PythonSession(pyodide, boot.plan.seed, { emit, ask });
    packages = new Packages(pyodide, session, (text) => send({ type: "progress", text }));
    if (boot.world !== null) note = restore(session, boot.world);
    store.forget(Object.keys(boot.files));
    const commands = session.commandNames();
    send({ type: "ready", world: session.snapshot(), note, commands, environment: session.environment() });
  } catch (error) {
    send({ type: "failed", message: describe(error) });
    return;
  }

  // A cell runs as a task of Python's event loop. When the interpreter itself fails there, nobody hears of it but these.
  for (const type of ["error", "unhandledrejection"] as const) {
    scope.addEventListener(type, () => {
      if (!session.isAlive) send({ type: "failed", message: "its stack overflowed, or its memory ran out" });
    });
  }

  const finish = (run: string, ok: boolean, value: string) => {
    const files = session.readDelta();
    send({ type: "done", run, ok, value, world: session.snapshot(), files }, transferables(files));
  };

  const outputOf = (run: string, limits: OutputLimits) =>
    new OutputBatch((parts) => send({ type: "parts", run, parts }), now, limits);

  /** The page's files and the packages that a job needs. */
  const prepare = async ({ job, files }: Job) => {
    const given = session.prepare(job);
    if (given.length > 0) send({ type: "given", files: given }, transferables(given));
    session.writeFiles(files);
    await packages.loadFor(job);
  };

  const runBlocking = async (message: Job, job: BlockingJob) => {
    const { run } = message;
    const output = outputOf(run, OUTPUT_LIMITS);
    current = { run, output };
    let result = { ok: false, value: "" };
    try {
      await prepare(message);
      result = await session.run(job);
    } catch (error) {
      output.write("error", describe(error));
    }
    output.end();
    current = undefined;
    finish(run, result.ok, result.value);
  };

  const streams: Stream[] = [];
  const beginStream = async (message: Job, job: CommandJob) => {
    const { run } = message;
    const output = outputOf(run, COMMAND_LIMITS);
    try {
      await prepare(message);
      const command = session.command(job, ({ kind, data }) => output.write(kind, data));
      streams.push({ run, output, command, wakeAt: 0 });
    } catch (error) {
      output.write("stderr", `${describe(error)}\n`);
      output.end();
      finish(run, false, "1");
    }
  };

  const endStream = (stream: Stream, exitCode: number) => {
    streams.splice(streams.indexOf(stream), 1);
    stream.output.end();
    finish(stream.run, true, String(exitCode));
  };

  /** Step one command for a slice. */
  const advance = (stream: Stream) => {
    const { run, output, command } = stream;
    if (interrupted.delete(run)) {
      command.end();
      endStream(stream, INTERRUPTED);
      return;
    }
    current = stream; // what the interpreter itself prints meanwhile belongs to it too
    try {
      for (const until = now() + SLICE; now() < until; ) {
        const step = command.step();
        if ("exitCode" in step) return endStream(stream, step.exitCode);
        if ("wait" in step) {
          stream.wakeAt = now() + step.wait * 1000;
          break;
        }
        output.write(step.part.kind, step.part.data);
      }
      output.flush();
    } catch (error) {
      output.write("stderr", `${describe(error)}\n`);
      endStream(stream, 1);
    } finally {
      current = undefined;
    }
  };

  const work = async () => {
    const next = queue.shift();
    if (next?.job.kind === "command") await beginStream(next, next.job);
    else if (next) await runBlocking(next, next.job);
    // A copy of the list: a stream that ends leaves it.
    for (const stream of streams.slice()) if (stream.wakeAt <= now() || interrupted.has(stream.run)) advance(stream);
    const pause = queue.length > 0 ? 0 : Math.min(...streams.map(({ wakeAt }) => wakeAt)) - now();
    if (pause <= 0) await breathe();
    else {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await (Number.isFinite(pause) ? Promise.race([woken, sleep(pause)]) : woken);
    }
  };

  try {
    for (;;) await work();
  } catch (error) {
    // Outside a job only the interpreter's own failure gets here: nothing can be asked of it any more.
    send({ type: "failed", message: describe(error) });
  }
}

interface Stream {
  readonly run: string;
  readonly output: OutputBatch;
  readonly command: ReturnType<PythonSession["command"]>;
  /** When it wants to go on, on the worker's clock. */
  wakeAt: number;
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
  pyodide.FS.mkdirTree(CHECKOUT);
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
