// The course as the page knows it: `course.json`, made from the curriculum at build.
import { isRecord } from "./json.ts";

export interface CourseTopic {
  id: string;
  title: string;
  minutes: number;
  status: string;
  /** Relative to the site root; null while the page is not written. */
  url: string | null;
  /** Full ids of the page's runnable cells, e.g. `1.1/first-bars`. */
  cells: string[];
}

export interface CourseLab {
  id: string;
  title: string;
  minutes: number;
  status: string;
  url: string | null;
  points: number;
}

export interface CourseQuiz {
  bank: string;
  url: string | null;
  pass_mark: number;
  status: string;
}

export interface CourseModule {
  number: number;
  slug: string;
  title: string;
  level: string;
  minutes: number;
  prerequisites: number[];
  status: string;
  url: string;
  topics: CourseTopic[];
  labs: CourseLab[];
  quiz: CourseQuiz | null;
}

export interface Course {
  schema: number;
  build: string;
  modules: CourseModule[];
  tracks: { id: string; title: string; modules: number[] }[];
  certificates: { id: string; title: string; pass_mark: number; validity_months: number }[];
}

/** A part that is not written yet has no page to open and does not count. */
export function isWritten(part: { status: string; url: string | null }): boolean {
  return part.status !== "planned" && part.url !== null;
}

/** @throws Error when the file is missing or is not the course that this bundle was built with. */
export async function loadCourse(assets: URL): Promise<Course> {
  const url = new URL("course.json", assets);
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`The course's table of contents did not load (${url.pathname}: ${response.status}).`);
  const course: unknown = await response.json();
  if (!isRecord(course) || course.schema !== 1 || !Array.isArray(course.modules))
    throw new Error(`${url.pathname} is not a course of schema 1. Reload the page.`);
  return course as unknown as Course;
}
