// Progress: the public face. Elements and labs import from here only; the rest of this folder is private to it.
import type { MergeReport } from "./contents.ts";
import { type Course, loadCourse } from "./course.ts";
import { type CourseState, derive } from "./derive.ts";
import type { Event, NewEvent } from "./event.ts";
import type { Json } from "./json.ts";
import { ProgressLog, type StorageFacts } from "./log.ts";
import { site } from "./site.ts";

export type { MergeReport, SetAside } from "./contents.ts";
export type { Course, CourseModule } from "./course.ts";
export type {
  Attempt,
  CourseState,
  LabState,
  ModuleState,
  Place,
  QuizState,
  Stage,
  TopicState,
} from "./derive.ts";
export type { Event, NewEvent, Result } from "./event.ts";
export { ImportRefused, LARGEST_FILE } from "./file.ts";
export type { Json } from "./json.ts";
export { type StorageFacts, StorageRefused } from "./log.ts";

const log = new ProgressLog({ site: site.root.pathname, course: site.assets.pathname.split("/").at(-2) ?? "" });
let course: Promise<Course> | undefined;

/** The course of this build. A failed load is tried again at the next call. */
export function loadedCourse(): Promise<Course> {
  course ??= loadCourse(site.assets).catch((error: unknown) => {
    course = undefined;
    throw error;
  });
  return course;
}

/** The address of a page of the course, from its path relative to the site root. */
export function pageUrl(path: string): string {
  return new URL(path, site.root).href;
}

/** The address of a file of this build, e.g. `quizzes/module-01.json`. */
export function assetUrl(path: string): URL {
  return new URL(path, site.assets);
}

/** Write down one thing that the learner did. Never fails for want of storage; see `facts`. */
export function record(event: NewEvent): Promise<void> {
  return log.record(event);
}

/** Call `listener` after every change, in any tab of this browser. Returns the function that ends it. */
export function subscribe(listener: () => void): () => void {
  return log.subscribe(listener);
}

/** What the learner has done so far, seen against the course. */
export async function state(): Promise<CourseState> {
  const [events, known] = await Promise.all([log.events(), loadedCourse()]);
  return derive(events, known);
}

/** Every event about `object` (e.g. `quiz:module-01`), in merge order. */
export async function eventsAbout(object: string): Promise<Event[]> {
  return (await log.events()).filter((event) => event.object === object);
}

/** The draft kept under `key` (e.g. `exercise:2.1`), or undefined. */
export function saved(key: string): Promise<Json | undefined> {
  return log.saved(key);
}

/** Keep `value` under `key`, in place of what was there. */
export function save(key: string, value: Json): Promise<void> {
  return log.save(key, value);
}

/** Drop the draft under `key`. */
export function forget(key: string): Promise<void> {
  return log.forget(key);
}

/** The text of an export file. */
export function exportAll(): Promise<string> {
  return log.exportAll();
}

/** Merge an export file into this browser's record. Throws `ImportRefused` or `StorageRefused`, both with a sentence. */
export function importAll(text: string): Promise<MergeReport> {
  return log.importAll(text);
}

/** Delete everything that the site keeps here. */
export function deleteAll(): Promise<void> {
  return log.deleteAll();
}

/** Where the record is kept, how much of it there is, and what is wrong, if anything is. */
export function facts(): Promise<StorageFacts> {
  return log.facts();
}
