/**
 * The messages between the page and the Python worker, and the gate through which everything from the sandbox passes.
 *
 * Learner code shares the worker, so the page trusts nothing that arrives: schema, size, rate and run id are checked
 * here before any other module sees a message.
 */

export const PROTOCOL = 1;

/** What a run can show; the stored output of a page uses the same kinds (see elements/output.ts). */
export const PART_KINDS = ["stdout", "stderr", "result", "html", "table", "png", "svg", "error"] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** One piece of output. `data` is text, HTML (not yet sanitised), SVG source, or base64 for png. */
export interface Part {
  readonly kind: PartKind;
  readonly data: string;
}

/** One changed file; `bytes` is null where the file was deleted. Paths are relative to the learner's checkout. */
export interface FileChange {
  readonly path: string;
  readonly bytes: Uint8Array | null;
}
export type FileDelta = readonly FileChange[];

export type PythonJob =
  | {
      readonly kind: "cell";
      readonly code: string;
      readonly page: string;
      readonly filename: string;
      /** JSON of the exercise that the code answers, if the World has to have come to where that begins. */
      readonly exercise?: string;
    }
  | { readonly kind: "check"; readonly exercise: string; readonly code: string; readonly seed: number }
  | { readonly kind: "complete"; readonly code: string; readonly cursor: number; readonly page: string }
  | { readonly kind: "reset"; readonly page: string }
  /** Put the given workspace in place, for a shell that wants to look at it. */
  | { readonly kind: "workspace" }
  /** Let virtual time go by. */
  | { readonly kind: "advance"; readonly seconds: number }
  /** Ask the World's HTTP API; `done` brings an HttpAnswer as JSON. */
  | { readonly kind: "http"; readonly method: string; readonly path: string; readonly body: string }
  | {
      readonly kind: "command";
      readonly argv: readonly string[];
      readonly stdin: string;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    };

/** What the World's HTTP API answers. `body` is the value of a JSON answer, null for an empty one, else text. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How to boot: one step of the ladder (see ladder.ts). */
export interface BootPlan {
  readonly step: "archive" | "stock";
  /** Name of the archive for Pyodide's `stdLibURL`, when the step uses one. */
  readonly archive: string | null;
  /** Name of the simulator's wheel to unpack, when the archive does not hold it. */
  readonly wheel: string | null;
  readonly seed: number;
}

export type ToPython =
  | {
      readonly v: typeof PROTOCOL;
      readonly type: "boot";
      readonly plan: BootPlan;
      readonly files: Readonly<Record<string, ArrayBuffer>>;
      readonly world: string | null;
    }
  | {
      readonly v: typeof PROTOCOL;
      readonly type: "job";
      readonly run: string;
      readonly job: PythonJob;
      readonly files: FileDelta;
    }
  | { readonly v: typeof PROTOCOL; readonly type: "input"; readonly run: string; readonly text: string }
  | { readonly v: typeof PROTOCOL; readonly type: "interrupt"; readonly run: string }
  | { readonly v: typeof PROTOCOL; readonly type: "file"; readonly name: string; readonly bytes: ArrayBuffer | null };

/** Variables of the terminal's shell. */
export type Environment = Readonly<Record<string, string>>;

export type FromPython =
  | { readonly type: "progress"; readonly text: string }
  /** Python is there. `commands` are those of the terminal that it answers, `environment` what its shell begins with. */
  | {
      readonly type: "ready";
      readonly world: string | null;
      readonly note: string;
      readonly commands: readonly string[];
      readonly environment: Environment;
    }
  /** Files of the release that Python put into the workspace: not the learner's. */
  | { readonly type: "given"; readonly files: FileDelta }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "need"; readonly name: string }
  | { readonly type: "parts"; readonly run: string; readonly parts: readonly Part[] }
  | { readonly type: "ask"; readonly run: string; readonly prompt: string }
  | {
      readonly type: "done";
      readonly run: string;
      /** False when the job raised or could not be started. */
      readonly ok: boolean;
      /** JSON of a check, completion or HTTP answer, the exit code of a command, or "". */
      readonly value: string;
      readonly world: string | null;
      readonly files: FileDelta;
    };

/** Upper bounds; a message beyond one of them ends the sandbox (see session.ts). Sizes in bytes or UTF-16 units. */
export const LIMITS = {
  text: 20_000,
  part: 8_000_000,
  partsPerMessage: 400,
  value: 2_000_000,
  world: 262_144,
  path: 1_000,
  files: 5_000,
  fileBytes: 64_000_000,
  messagesPerSecond: 400,
} as const;

/** What came from the sandbox was not a message of this protocol. */
export class ProtocolError extends Error {
  constructor(what: string) {
    super(`The Python sandbox sent something that the page does not accept: ${what}.`);
    this.name = "ProtocolError";
  }
}

type Fields = Record<string, unknown>;

function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProtocolError(`${what} is no object`);
  return value as Fields;
}

function text(from: Fields, key: string, limit: number): string {
  const value = from[key];
  if (typeof value !== "string") throw new ProtocolError(`${key} is no text`);
  if (value.length > limit) throw new ProtocolError(`${key} is longer than ${limit} characters`);
  return value;
}

function parseParts(value: unknown): Part[] {
  if (!Array.isArray(value) || value.length > LIMITS.partsPerMessage) throw new ProtocolError("parts is no short list");
  return value.map((item: unknown) => {
    const part = fields(item, "a part");
    const kind = PART_KINDS.find((known) => known === part.kind);
    if (!kind) throw new ProtocolError("a part of unknown kind");
    return { kind, data: text(part, "data", LIMITS.part) };
  });
}

function parseNames(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > 500) throw new ProtocolError("commands is no short list");
  return value.map((name: unknown) => {
    if (typeof name !== "string" || !/^[\w.-]{1,60}$/.test(name))
      throw new ProtocolError("a command without a plain name");
    return name;
  });
}

function parseEnvironment(value: unknown): Environment {
  const variables = fields(value, "the environment");
  const names = Object.keys(variables);
  if (names.length > 100) throw new ProtocolError("more than 100 variables");
  if (!names.every((name) => /^[A-Z_][A-Z0-9_]{0,59}$/.test(name)))
    throw new ProtocolError("a variable without a plain name");
  return Object.fromEntries(names.map((name) => [name, text(variables, name, LIMITS.path)]));
}

/** A path below the checkout: no leading slash, no empty, `.` or `..` step, no NUL. */
export function isWorkspacePath(path: string): boolean {
  if (path.length === 0 || path.length > LIMITS.path || path.includes("\0")) return false;
  return path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

function parseDelta(value: unknown): FileDelta {
  if (!Array.isArray(value) || value.length > LIMITS.files) throw new ProtocolError("files is no list of at most 5000");
  let total = 0;
  return value.map((item: unknown) => {
    const change = fields(item, "a file");
    const path = text(change, "path", LIMITS.path);
    if (!isWorkspacePath(path)) throw new ProtocolError("a file lies outside the workspace");
    const { bytes } = change;
    if (bytes !== null && !(bytes instanceof Uint8Array)) throw new ProtocolError("a file without bytes");
    total += bytes?.byteLength ?? 0;
    if (total > LIMITS.fileBytes) throw new ProtocolError("the changed files exceed 64 MB");
    return { path, bytes };
  });
}

/** A World snapshot is JSON of an object; what is in it is the simulator's to check when it restores. */
function parseWorld(value: unknown): string | null {
  if (value === null) return null;
  const snapshot = text({ world: value }, "world", LIMITS.world);
  fields(json(snapshot, "a World snapshot"), "the World snapshot");
  return snapshot;
}

/**
 * Check one message from the sandbox.
 *
 * Raises ProtocolError when it is of another version, of unknown type, malformed or too large.
 */
export function parseFromPython(data: unknown): FromPython {
  const message = fields(data, "a message");
  if (message.v !== PROTOCOL) throw new ProtocolError("a message of another version");
  switch (message.type) {
    case "progress":
      return { type: "progress", text: text(message, "text", LIMITS.text) };
    case "ready":
      return {
        type: "ready",
        world: parseWorld(message.world),
        note: text(message, "note", LIMITS.text),
        commands: parseNames(message.commands),
        environment: parseEnvironment(message.environment),
      };
    case "given":
      return { type: "given", files: parseDelta(message.files) };
    case "failed":
      return { type: "failed", message: text(message, "message", LIMITS.text) };
    case "need":
      return { type: "need", name: text(message, "name", LIMITS.path) };
    case "parts":
      return { type: "parts", run: text(message, "run", 64), parts: parseParts(message.parts) };
    case "ask":
      return { type: "ask", run: text(message, "run", 64), prompt: text(message, "prompt", LIMITS.text) };
    case "done":
      return {
        type: "done",
        run: text(message, "run", 64),
        ok: message.ok === true,
        value: text(message, "value", LIMITS.value),
        world: parseWorld(message.world),
        files: parseDelta(message.files),
      };
    default:
      throw new ProtocolError("a message of unknown type");
  }
}

/**
 * Check the value of a finished `http` job.
 *
 * Raises ProtocolError when it is no answer. What the body says is for the caller to check.
 */
export function parseHttpAnswer(value: string): HttpAnswer {
  const answer = fields(json(value, "an HTTP answer"), "an HTTP answer");
  const { status } = answer;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 100 || status > 599)
    throw new ProtocolError("an HTTP answer without a status");
  const headers = Object.entries(fields(answer.headers, "the headers")).map(([name, content]) => {
    if (typeof content !== "string") throw new ProtocolError("a header that is no text");
    return [name, content] as const;
  });
  const body = text(answer, "body", LIMITS.value);
  const isJson = headers.some(([name, content]) => name === "Content-Type" && content.startsWith("application/json"));
  return { status, headers: Object.fromEntries(headers), body: isJson ? json(body, "an HTTP body") : body || null };
}

function json(value: string, what: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new ProtocolError(`${what} that is no JSON`);
  }
}

/** Counts messages over the last second; more than the limit is a flood that the worker's own batching would not make. */
export class RateGate {
  #started = 0;
  #count = 0;
  readonly #limit: number;

  constructor(limit: number = LIMITS.messagesPerSecond) {
    this.#limit = limit;
  }

  /** Raises ProtocolError when the sender is over its rate. `now` in milliseconds. */
  pass(now: number): void {
    if (now - this.#started >= 1000) {
      this.#started = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > this.#limit) throw new ProtocolError(`more than ${this.#limit} messages in a second`);
  }
}

/** An unguessable name for one run, so that output of an earlier run cannot be passed off as this one's. */
export function newRunId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
