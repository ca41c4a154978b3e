// The export file: one JSON document, versioned, with everything that is kept for the learner.
import type { Contents, Draft, SetAside } from "./contents.ts";
import { type Event, isProblem, readEvent } from "./event.ts";
import { isJson, isRecord, strangeKey, textOf } from "./json.ts";

export const FORMAT = "grandmodel-academy-progress";
export const FILE_SCHEMA = 1;
/** Twenty megabytes: about 100,000 events, far beyond a course; more is a mistake or an attack. */
export const LARGEST_FILE = 20_000_000;

const KEYS = ["format", "schema", "site", "course", "exported", "device", "events", "drafts", "quarantined"];

export interface ExportedBy {
  site: string;
  course: string;
  exported: string;
  device: string;
}

/** Thrown for a file that is not read; the message is for the learner. */
export class ImportRefused extends Error {}

export function writeExport(contents: Contents, by: ExportedBy): string {
  const file = {
    format: FORMAT,
    schema: FILE_SCHEMA,
    ...by,
    events: contents.events,
    drafts: contents.drafts,
    quarantined: contents.setAside,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/**
 * Read an export file. The frame must be right, or the file is refused as a whole; inside it, each record that cannot be
 * read is set aside, so that one bad record costs nothing but itself.
 * @throws ImportRefused
 */
export function readExport(text: string, now: string): Contents {
  if (text.length > LARGEST_FILE)
    throw new ImportRefused(
      `The file has ${millions(text.length)} million characters; a progress file has at most ${millions(LARGEST_FILE)} million.`,
    );
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new ImportRefused("The file is not JSON. Choose a file that “Export” on this page has made.");
  }
  if (!isRecord(file) || file.format !== FORMAT)
    throw new ImportRefused("This is not a progress file. Choose a file that “Export” on this page has made.");
  checkSchema(file.schema);
  const strange = strangeKey(file, KEYS);
  if (strange !== undefined)
    throw new ImportRefused(`The file has a part “${strange}” that progress files do not have.`);
  for (const key of ["events", "drafts", "quarantined"] as const)
    if (!Array.isArray(file[key])) throw new ImportRefused(`The file's part “${key}” is missing or is not a list.`);

  const contents: Contents = { events: [], drafts: [], setAside: [] };
  const seen = new Map<string, string>();
  for (const value of file.events as unknown[]) {
    const event = readEvent(value);
    if (isProblem(event)) contents.setAside.push({ raw: event.raw, reason: event.problem, at: now });
    else if (!seen.has(event.id)) {
      seen.set(event.id, textOf(event));
      contents.events.push(event satisfies Event);
    } else if (seen.get(event.id) !== textOf(event)) {
      contents.setAside.push({ raw: textOf(event), reason: "the file has another event with this id", at: now });
    }
  }
  for (const value of file.drafts as unknown[]) {
    if (isDraft(value)) contents.drafts.push(value);
    else contents.setAside.push({ raw: textOf(value), reason: "not a draft", at: now });
  }
  for (const value of file.quarantined as unknown[])
    contents.setAside.push(
      isSetAside(value) ? value : { raw: textOf(value), reason: "not a set-aside record", at: now },
    );
  return contents;
}

function checkSchema(schema: unknown): void {
  if (schema === FILE_SCHEMA) return;
  if (typeof schema === "number" && schema > FILE_SCHEMA)
    throw new ImportRefused(
      `The file was made by a newer version of the course (schema ${schema}; this page reads ${FILE_SCHEMA}). Reload the page and try again.`,
    );
  throw new ImportRefused(
    `The file has the schema ${textOf(schema)}, which this page does not read (it reads ${FILE_SCHEMA}).`,
  );
}

function isDraft(value: unknown): value is Draft {
  return (
    isRecord(value) &&
    strangeKey(value, ["key", "value", "at"]) === undefined &&
    typeof value.key === "string" &&
    value.key.length <= 200 &&
    typeof value.at === "string" &&
    isJson(value.value)
  );
}

function isSetAside(value: unknown): value is SetAside {
  return (
    isRecord(value) &&
    strangeKey(value, ["raw", "reason", "at"]) === undefined &&
    typeof value.raw === "string" &&
    typeof value.reason === "string" &&
    typeof value.at === "string"
  );
}

function millions(characters: number): number {
  return Math.ceil(characters / 1_000_000);
}
