// One thing that a learner did. Events are written once and never changed; everything else is derived from them.
// The shape is fixed by docs/decisions/003-progress-log.md and by `Event` in academy/model/contracts.py.
import { decodeTime, isValid } from "ulid";
import { canonical, isJson, isRecord, type Json, strangeKey, textOf } from "./json.ts";

export const VERBS = ["opened", "ran", "checked", "passed", "answered", "finished", "reflected"] as const;
export type Verb = (typeof VERBS)[number];

/** What an answered question, a check or a reflection came to. Every part is optional. */
export interface Result {
  /** Points earned: an integer or a fraction, never below 0. */
  points?: number;
  /** Points that could be earned. */
  max?: number;
  /** The unsigned 32-bit seed that drew the questions or the inputs. */
  seed?: number;
  /** Question ids that the draw was told to avoid (those of the attempt before). With the seed they give the draw again. */
  avoid?: string[];
  /** Question, check or reflection id -> the answer as given. */
  answers?: { [id: string]: Json };
  /** Version of the question bank or exercise that was answered. */
  version?: string;
}

export interface Event {
  /** ULID: 10 characters of time (milliseconds), 16 of chance. */
  id: string;
  /** The browser profile that wrote it: 10 characters of chance, made once. */
  device: string;
  /** ISO 8601 time in UTC, as this device's clock had it. For reading; order comes from the id. */
  at: string;
  verb: Verb;
  /** `kind:name`, e.g. `topic:1.1`, `cell:1.1/first-bars`, `exercise:2.1`, `quiz:module-01`. */
  object: string;
  result?: Result;
}

export type NewEvent = Pick<Event, "verb" | "object" | "result">;

/** Why a record could not be read, with its exact text, so that nothing is lost. */
export interface Problem {
  problem: string;
  raw: string;
}

const OBJECT = /^(topic|cell|exercise|quiz):[A-Za-z0-9][A-Za-z0-9._/-]{0,119}$/;
const DEVICE = /^[0-9A-HJKMNP-TV-Z]{10}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const LARGEST = 65_536;

/** Read one event from outside (storage, a file), or say what is wrong with it. Nothing is repaired or guessed. */
export function readEvent(value: unknown): Event | Problem {
  const problem = eventProblem(value);
  return problem === undefined ? (value as Event) : { problem, raw: textOf(value) };
}

export function isProblem(value: Event | Problem): value is Problem {
  return "problem" in value;
}

function eventProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return "not an object";
  if (!isJson(value)) return "holds something that JSON cannot hold safely";
  const strange = strangeKey(value, ["id", "device", "at", "verb", "object", "result"]);
  if (strange !== undefined) return `unknown key "${strange}"`;
  // The ids are stored and compared as text, so their one spelling is upper case.
  if (typeof value.id !== "string" || !isValid(value.id) || value.id !== value.id.toUpperCase())
    return "id is not a ULID";
  if (typeof value.device !== "string" || !DEVICE.test(value.device)) return "device is not 10 characters of base 32";
  if (typeof value.at !== "string" || !TIME.test(value.at) || Number.isNaN(Date.parse(value.at)))
    return "at is not a UTC time";
  if (!VERBS.includes(value.verb as Verb)) return `unknown verb ${textOf(value.verb)}`;
  if (typeof value.object !== "string" || !OBJECT.test(value.object)) return "object is not kind:name";
  if (value.result !== undefined) {
    const problem = resultProblem(value.result);
    if (problem !== undefined) return `result: ${problem}`;
  }
  if (textOf(value).length > LARGEST) return `larger than ${LARGEST} characters`;
  return undefined;
}

function resultProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return "not an object";
  const strange = strangeKey(value, ["points", "max", "seed", "avoid", "answers", "version"]);
  if (strange !== undefined) return `unknown key "${strange}"`;
  for (const key of ["points", "max"] as const) {
    const number = value[key];
    if (number !== undefined && (typeof number !== "number" || number < 0)) return `${key} is not a number from 0 up`;
  }
  if (typeof value.points === "number" && typeof value.max === "number" && value.points > value.max)
    return "more points than there are";
  if (value.seed !== undefined && !isSeed(value.seed)) return "seed is not an unsigned 32-bit integer";
  if (value.avoid !== undefined && !(Array.isArray(value.avoid) && value.avoid.every((id) => typeof id === "string")))
    return "avoid is not a list of ids";
  if (value.answers !== undefined && !isRecord(value.answers)) return "answers is not an object";
  if (value.version !== undefined && typeof value.version !== "string") return "version is not text";
  return undefined;
}

export function isSeed(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/**
 * The merge order: time of the ULID, then device, then the whole id. It is total and depends on nothing but the events,
 * so every device that has the same events has them in the same order.
 */
export function byMergeOrder(a: Event, b: Event): number {
  return decodeTime(a.id) - decodeTime(b.id) || compareText(a.device, b.device) || compareText(a.id, b.id);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True when two records say the same thing. */
export function sameEvent(a: Event, b: Event): boolean {
  return canonical(a as unknown as Json) === canonical(b as unknown as Json);
}
