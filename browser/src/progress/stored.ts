// From what a store holds, in whatever state, to contents: nothing unreadable is dropped.
import type { Contents, Draft, SetAside } from "./contents.ts";
import { byMergeOrder, type Event, isProblem, readEvent } from "./event.ts";
import { isJson, isRecord, textOf } from "./json.ts";
import type { Change, Store } from "./store.ts";

/** Read a whole store; `repairs` moves what cannot be read out of the way, and takes back what can be read by now. */
export async function readStored(store: Store, now: string): Promise<{ contents: Contents; repairs: Change[] }> {
  const [rawEvents, rawDrafts, rawAside] = await Promise.all([
    store.all("events"),
    store.all("drafts"),
    store.all("aside"),
  ]);
  const repairs: Change[] = [];
  const setAside: SetAside[] = [];
  const events = new Map<string, Event>();
  const drafts: Draft[] = [];
  const move = (table: "events" | "drafts", key: string, raw: string, reason: string): void => {
    setAside.push({ raw, reason, at: now });
    repairs.push({ do: "add", table: "aside", key: raw, value: { reason, at: now } }, { do: "delete", table, key });
  };

  for (const [key, value] of rawEvents) {
    const event = readEvent(value);
    if (isProblem(event)) move("events", key, event.raw, event.problem);
    else if (event.id !== key) move("events", key, textOf(value), `stored under the id ${key}`);
    else events.set(key, event);
  }
  for (const [key, value] of rawDrafts) {
    const draft = readDraft(key, value);
    if (draft === undefined) move("drafts", key, textOf({ key, value }), "not a draft");
    else drafts.push(draft);
  }
  for (const [raw, value] of rawAside) {
    const event = readEvent(parse(raw));
    if (!isProblem(event) && !events.has(event.id)) {
      // An older version set it aside; this one understands it.
      events.set(event.id, event);
      repairs.push(
        { do: "add", table: "events", key: event.id, value: event },
        { do: "delete", table: "aside", key: raw },
      );
      continue;
    }
    const known = isRecord(value) && typeof value.reason === "string" && typeof value.at === "string";
    setAside.push(
      known
        ? { raw, reason: value.reason as string, at: value.at as string }
        : { raw, reason: "reason not kept", at: now },
    );
  }
  return { contents: { events: [...events.values()].sort(byMergeOrder), drafts, setAside }, repairs };
}

/** A draft as stored, or undefined when it is none. */
export function readDraft(key: string, value: unknown): Draft | undefined {
  if (!isRecord(value) || typeof value.at !== "string" || !isJson(value.value)) return undefined;
  return { key, value: value.value, at: value.at };
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
