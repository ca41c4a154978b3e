// Some browsers purge a site's storage after seven days of use without a visit to it, so a copy in a file is worth a
// reminder before that.
import { h, when } from "../../elements/markup.ts";
import { facts, pageUrl, type StorageFacts } from "../index.ts";

const DAYS = 5;

/** True when there is something to lose that is older than `DAYS` and newer than the last export. */
export function isExportDue({ events, firstEvent, lastEvent, lastExport }: StorageFacts, now: number): boolean {
  if (events === 0 || firstEvent === null || lastEvent === null) return false;
  if (lastExport !== null && lastEvent <= lastExport) return false;
  return now - Date.parse(lastExport ?? firstEvent) > DAYS * 24 * 3600 * 1000;
}

/** A sentence that asks for an export, or null when none is due. */
export async function reminder(): Promise<HTMLElement | null> {
  const known = await facts();
  if (!isExportDue(known, Date.now())) return null;
  const last = known.lastExport === null ? "never exported" : `last exported on ${when(known.lastExport)}`;
  return h(
    "p",
    { class: "gm-reminder" },
    `Your progress is only in this browser (${last}), and some browsers delete it after seven days without a visit. `,
    h("a", { href: pageUrl("progress/#keep") }, "Keep a copy in a file"),
    ".",
  );
}
