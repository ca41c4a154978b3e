// Logs that stand for browsers: each database factory is one browser profile, each log on it one tab.
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import type { Course } from "../../browser/src/progress/course.ts";
import type { Event, NewEvent } from "../../browser/src/progress/event.ts";
import { type LogOptions, ProgressLog } from "../../browser/src/progress/log.ts";
import { openIndexedDb } from "../../browser/src/progress/store.ts";

export const opened: NewEvent = { verb: "opened", object: "topic:1.1" };
export const ran: NewEvent = { verb: "ran", object: "cell:1.1/first-bars" };

/** A browser profile: its tabs share storage. */
export function browser(): { tab(options?: Partial<LogOptions>): ProgressLog } {
  const storage = new IDBFactory();
  return {
    tab: (options = {}) =>
      new ProgressLog({
        site: "/academy/",
        course: "test-build",
        open: (name, onClosed) => {
          globalThis.indexedDB = storage;
          return openIndexedDb(name, onClosed);
        },
        ...options,
      }),
  };
}

let counter = 0;

/** A whole event; ids rise from call to call unless given. */
export function event(parts: Partial<Event> = {}): Event {
  counter += 1;
  return {
    id: `01K${counter.toString().padStart(23, "0")}`,
    device: "0123456789",
    at: "2026-11-22T10:00:00.000Z",
    verb: "opened",
    object: "topic:1.1",
    ...parts,
  };
}

export const course: Course = {
  schema: 1,
  build: "test-build",
  modules: [
    {
      number: 1,
      slug: "system-architecture",
      title: "System Architecture Overview",
      level: "foundation",
      minutes: 180,
      prerequisites: [],
      status: "written",
      url: "01-system-architecture/",
      topics: [
        {
          id: "1.1",
          title: "Introduction",
          minutes: 30,
          status: "written",
          url: "01-system-architecture/introduction/",
          cells: ["1.1/first-bars", "1.1/more-bars"],
        },
        { id: "1.2", title: "Agents", minutes: 45, status: "planned", url: null, cells: [] },
      ],
      labs: [],
      quiz: { bank: "module-01", url: "01-system-architecture/quiz/", pass_mark: 80, status: "written" },
    },
    {
      number: 2,
      slug: "marl",
      title: "MARL Fundamentals",
      level: "foundation",
      minutes: 240,
      prerequisites: [1],
      status: "written",
      url: "02-marl/",
      topics: [],
      labs: [
        { id: "2.1", title: "Agent Training", minutes: 45, status: "written", url: "02-marl/lab-2-1/", points: 12 },
      ],
      quiz: null,
    },
    {
      number: 3,
      slug: "api",
      title: "API",
      level: "track",
      minutes: 240,
      prerequisites: [1],
      status: "planned",
      url: "03-api/",
      topics: [{ id: "3.1", title: "API", minutes: 30, status: "planned", url: null, cells: [] }],
      labs: [],
      quiz: null,
    },
  ],
  tracks: [],
  certificates: [],
};
