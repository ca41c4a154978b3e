// All that is kept for one learner on one site, and how two such sets become one.
import { byMergeOrder, compareText, type Event, sameEvent } from "./event.ts";
import { canonical, type Json } from "./json.ts";

/** Unfinished work: code of an exercise, answers of a quiz in progress. The newest value wins; the older one is kept. */
export interface Draft {
  key: string;
  value: Json;
  /** ISO time of writing. */
  at: string;
}

/** A record that this version cannot read: its exact text, and why. It is exported with the rest. */
export interface SetAside {
  raw: string;
  reason: string;
  at: string;
}

export interface Contents {
  events: Event[];
  drafts: Draft[];
  setAside: SetAside[];
}

export interface MergeReport {
  /** Events that were new here. */
  added: number;
  /** Events that were here already. */
  known: number;
  /** Drafts that were new or newer. */
  drafts: number;
  /** Drafts that lost to a newer one and were kept under another key. */
  draftsKept: number;
  /** Records that could not be read, or said something else under an id that is here. */
  setAside: number;
}

/**
 * Everything of `ours` and `theirs`. Merging is idempotent and, for whatever two honest devices wrote, commutative:
 * events are joined by id and sorted by merge order; of two drafts with one key the later wins and the other stays
 * under `key@time`. An event that says something else than ours under the same id is set aside.
 */
export function merge(ours: Contents, theirs: Contents): { contents: Contents; report: MergeReport } {
  const report: MergeReport = { added: 0, known: 0, drafts: 0, draftsKept: 0, setAside: 0 };
  const aside = new Map(ours.setAside.map((record) => [record.raw, record]));
  const put = (record: SetAside): void => {
    if (aside.has(record.raw)) return;
    aside.set(record.raw, record);
    report.setAside += 1;
  };

  const events = new Map(ours.events.map((event) => [event.id, event]));
  for (const event of theirs.events) {
    const known = events.get(event.id);
    if (known === undefined) {
      events.set(event.id, event);
      report.added += 1;
    } else if (sameEvent(known, event)) {
      report.known += 1;
    } else {
      put({ raw: JSON.stringify(event), reason: "another event has this id here", at: event.at });
    }
  }

  const drafts = new Map(ours.drafts.map((draft) => [draft.key, draft]));
  for (const draft of theirs.drafts) {
    const known = drafts.get(draft.key);
    if (known === undefined) {
      drafts.set(draft.key, draft);
      report.drafts += 1;
      continue;
    }
    const theirsIsNewer = compareDrafts(known, draft) < 0;
    const [newer, older] = theirsIsNewer ? [draft, known] : [known, draft];
    if (theirsIsNewer) report.drafts += 1;
    drafts.set(draft.key, newer);
    if (canonical(newer.value) === canonical(older.value)) continue;
    const kept = `${older.key}@${older.at}`;
    if (!drafts.has(kept)) {
      drafts.set(kept, { ...older, key: kept });
      report.draftsKept += 1;
    }
  }

  for (const record of theirs.setAside) put(record);
  return {
    contents: {
      events: [...events.values()].sort(byMergeOrder),
      drafts: [...drafts.values()].sort((a, b) => compareText(a.key, b.key)),
      setAside: [...aside.values()].sort((a, b) => compareText(a.raw, b.raw)),
    },
    report,
  };
}

/** By time of writing; of two written in the same millisecond the one whose text sorts last wins, on every device. */
function compareDrafts(a: Draft, b: Draft): number {
  return compareText(a.at, b.at) || compareText(canonical(a.value), canonical(b.value));
}
