// From the log to what the pages show. Pure: the same events and course give the same state, in whatever order they came.
import { type Course, type CourseModule, isWritten } from "./course.ts";
import { byMergeOrder, type Event } from "./event.ts";

export type Stage = "not started" | "started" | "finished";

export interface TopicState {
  id: string;
  title: string;
  url: string | null;
  written: boolean;
  stage: Stage;
  /** Time of the first opening, or null. */
  opened: string | null;
  /** Read to the end. */
  read: boolean;
  cellsRun: number;
  cells: number;
}

export interface LabState {
  id: string;
  title: string;
  url: string | null;
  written: boolean;
  stage: Stage;
  /** Best points so far, and the points there were then (the course's own number until a check has run). */
  points: number;
  max: number;
  passed: boolean;
  checks: number;
  reflected: boolean;
}

export interface Attempt {
  at: string;
  points: number;
  max: number;
  /** Whole percent, rounded down, so that 79.9 never reads as the 80 that passes. */
  percent: number;
}

export interface QuizState {
  bank: string;
  url: string | null;
  written: boolean;
  stage: Stage;
  passMark: number;
  attempts: Attempt[];
  best: Attempt | null;
  passed: boolean;
}

export interface ModuleState {
  number: number;
  title: string;
  url: string;
  stage: Stage;
  topics: TopicState[];
  labs: LabState[];
  quiz: QuizState | null;
  /** Written parts (topics, labs, quiz): how many are finished, how many there are, how many are still to be written. */
  done: number;
  total: number;
  planned: number;
}

export interface Place {
  title: string;
  url: string;
  module: number;
}

export interface CourseState {
  modules: ModuleState[];
  /** Where the learner did something last. */
  last: (Place & { at: string }) | null;
  /** The first written part that is not finished, from the last place on; null when all is finished. */
  next: Place | null;
  /** Events about things that this version of the course does not have. They are kept, and do not count. */
  elsewhere: number;
}

export function derive(events: readonly Event[], course: Course): CourseState {
  const byObject = new Map<string, Event[]>();
  for (const event of [...events].sort(byMergeOrder)) {
    const list = byObject.get(event.object);
    if (list === undefined) byObject.set(event.object, [event]);
    else list.push(event);
  }
  const places = new Map<string, Place>();
  const modules = course.modules.map((module) => deriveModule(module, byObject, places));

  let last: CourseState["last"] = null;
  let elsewhere = 0;
  for (const event of [...events].sort(byMergeOrder)) {
    const place = places.get(event.object);
    // Cells stand on other pages too (home, a lab), which the course does not count.
    if (place === undefined) elsewhere += event.object.startsWith("cell:") ? 0 : 1;
    else last = { ...place, at: event.at };
  }
  return { modules, last, next: nextPlace(modules, last), elsewhere };
}

function deriveModule(module: CourseModule, byObject: Map<string, Event[]>, places: Map<string, Place>): ModuleState {
  const about = (object: string, title: string, url: string | null): Event[] => {
    places.set(object, { title, url: url ?? module.url, module: module.number });
    return byObject.get(object) ?? [];
  };

  const topics = module.topics.map((topic): TopicState => {
    const events = about(`topic:${topic.id}`, topic.title, topic.url);
    const cellsRun = topic.cells.filter((id) => about(`cell:${id}`, topic.title, topic.url).length > 0).length;
    const read = events.some(({ verb }) => verb === "finished");
    const opened = events.find(({ verb }) => verb === "opened")?.at ?? null;
    return {
      id: topic.id,
      title: topic.title,
      url: topic.url,
      written: isWritten(topic),
      stage: read ? "finished" : opened !== null || cellsRun > 0 ? "started" : "not started",
      opened,
      read,
      cellsRun,
      cells: topic.cells.length,
    };
  });

  const labs = module.labs.map((lab): LabState => {
    const title = `Lab ${lab.id}: ${lab.title}`;
    const events = about(`exercise:${lab.id}`, title, lab.url);
    const scored = events.filter(({ verb }) => verb === "checked" || verb === "passed");
    const best = bestOf(scored.map(attempt));
    const passed = events.some(({ verb }) => verb === "passed");
    return {
      id: lab.id,
      title: lab.title,
      url: lab.url,
      written: isWritten(lab),
      stage: passed ? "finished" : events.length > 0 ? "started" : "not started",
      points: best?.points ?? 0,
      max: best?.max || lab.points,
      passed,
      checks: events.filter(({ verb }) => verb === "checked").length,
      reflected: events.some(({ verb }) => verb === "reflected"),
    };
  });

  let quiz: QuizState | null = null;
  if (module.quiz !== null) {
    const { bank, url, pass_mark } = module.quiz;
    const events = about(`quiz:${bank}`, `Quiz: ${module.title}`, url);
    const attempts = events.filter(({ verb }) => verb === "answered").map(attempt);
    // "passed" is its own event, so that a later change of the pass mark takes nothing back.
    const passed = events.some(({ verb }) => verb === "passed");
    quiz = {
      bank,
      url,
      written: isWritten(module.quiz),
      stage: passed ? "finished" : events.length > 0 ? "started" : "not started",
      passMark: pass_mark,
      attempts,
      best: bestOf(attempts),
      passed,
    };
  }

  const parts = [...topics, ...labs, ...(quiz === null ? [] : [quiz])];
  const written = parts.filter((part) => part.written);
  const done = written.filter((part) => part.stage === "finished").length;
  const touched = parts.some((part) => part.stage !== "not started");
  return {
    number: module.number,
    title: module.title,
    url: module.url,
    stage: written.length > 0 && done === written.length ? "finished" : touched ? "started" : "not started",
    topics,
    labs,
    quiz,
    done,
    total: written.length,
    planned: parts.length - written.length,
  };
}

function attempt(event: Event): Attempt {
  const points = event.result?.points ?? 0;
  const max = event.result?.max ?? 0;
  return { at: event.at, points, max, percent: percentOf(points, max) };
}

/** Whole percent, rounded down; 0 when there was nothing to earn. */
export function percentOf(points: number, max: number): number {
  return max > 0 ? Math.floor((100 * points) / max) : 0;
}

/** The attempt with the largest share of its points; of equal ones the first. */
function bestOf(attempts: Attempt[]): Attempt | null {
  let best: Attempt | null = null;
  for (const candidate of attempts)
    if (best === null || candidate.points * (best.max || 1) > best.points * (candidate.max || 1)) best = candidate;
  return best;
}

/** The last place if it is not finished, else the first unfinished part after it; what lies before comes after the end. */
function nextPlace(modules: ModuleState[], last: CourseState["last"]): Place | null {
  const parts = modules.flatMap((module) =>
    [
      ...module.topics,
      ...module.labs.map((lab) => ({ ...lab, title: `Lab ${lab.id}: ${lab.title}` })),
      ...(module.quiz === null ? [] : [{ ...module.quiz, title: `Quiz: ${module.title}` }]),
    ].map((part) => ({ ...part, module: module.number })),
  );
  const start = Math.max(
    0,
    parts.findIndex(({ url, module, title }) => url === last?.url && module === last.module && title === last.title),
  );
  for (const { title, url, module, written, stage } of [...parts.slice(start), ...parts.slice(0, start)])
    if (written && stage !== "finished" && url !== null) return { title, url, module };
  return null;
}
