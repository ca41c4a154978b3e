// Keeping a copy: export, import, delete, and the facts about where the record is.
import { download } from "../../elements/dom.ts";
import { counted, h, when } from "../../elements/markup.ts";
import { keepOf } from "../../runtime/keep.ts";
import {
  deleteAll,
  exportAll,
  facts,
  ImportRefused,
  importAll,
  LARGEST_FILE,
  type MergeReport,
  pageUrl,
  type StorageFacts,
  StorageRefused,
} from "../index.ts";

/** The panel. It redraws its facts on an event `gm-facts` whose detail holds them; buttons and messages stay. */
export function keepPanel(): HTMLElement {
  const message = h("p", { class: "gm-keep-message", role: "status" });
  const say = (text: string, tone: "ok" | "bad" | "" = ""): void => {
    message.className = `gm-keep-message${tone === "" ? "" : ` gm-result--${tone}`}`;
    message.textContent = text;
  };
  const list = h("div", { class: "gm-keep-facts" });
  const dialog = confirmDelete(say);
  const panel = h(
    "section",
    { class: "gm-keep", "aria-labelledby": "keep" },
    h("h2", { id: "keep" }, "Keep a copy"),
    h(
      "p",
      {},
      "Your progress is in this browser and nowhere else. A file keeps it safe and takes it to another device, where importing adds what is new and loses nothing. ",
      h("a", { href: pageUrl("privacy/") }, "What is stored, and for how long"),
      ".",
    ),
    h(
      "p",
      { class: "gm-actions" },
      h(
        "button",
        { type: "button", class: "gm-button gm-button--primary", onclick: () => void exportFile(say) },
        "Export to a file",
      ),
      importButton(say),
      h(
        "button",
        { type: "button", class: "gm-button gm-button--quiet", onclick: () => dialog.showModal() },
        "Delete everything…",
      ),
    ),
    message,
    h("h2", { id: "storage" }, "Where it is kept"),
    list,
    dialog,
  );
  panel.addEventListener("gm-facts", (event) =>
    list.replaceChildren(...factList((event as CustomEvent<StorageFacts>).detail)),
  );
  return panel;
}

type Say = (text: string, tone?: "ok" | "bad" | "") => void;

async function exportFile(say: Say): Promise<void> {
  const text = await exportAll();
  const name = `grandmodel-progress-${new Date().toISOString().slice(0, 10)}.json`;
  download(name, text, "application/json");
  say(`Exported to ${name} (${size(new Blob([text]).size)}).`, "ok");
}

function importButton(say: Say): HTMLElement {
  const input = h("input", {
    type: "file",
    accept: ".json,application/json",
    class: "gm-unseen",
    tabindex: -1,
    "aria-hidden": "true",
    onchange: async () => {
      const file = input.files?.[0];
      input.value = "";
      if (file !== undefined) await importFile(file, say);
    },
  });
  return h(
    "span",
    {},
    h("button", { type: "button", class: "gm-button", onclick: () => input.click() }, "Import a file…"),
    input,
  );
}

async function importFile(file: File, say: Say): Promise<void> {
  try {
    // A file that is far too large is not even read.
    if (file.size > 4 * LARGEST_FILE)
      throw new ImportRefused(`${file.name} is too large (${size(file.size)}) to be a progress file.`);
    say(imported(await importAll(await file.text())), "ok");
  } catch (error) {
    if (!(error instanceof ImportRefused || error instanceof StorageRefused)) throw error;
    say(
      `${error.message} Nothing was changed.`.replace(
        "Nothing was changed. Nothing was changed.",
        "Nothing was changed.",
      ),
      "bad",
    );
  }
}

function imported({ added, known, drafts, draftsKept, setAside }: MergeReport): string {
  const parts = [
    `${counted(added, "record")} new, ${known} here already`,
    ...(drafts > 0 ? [`${counted(drafts, "draft")} taken over`] : []),
    ...(draftsKept > 0 ? [`${counted(draftsKept, "older draft")} kept beside the newer`] : []),
    ...(setAside > 0
      ? [`${counted(setAside, "record")} could not be read and ${setAside === 1 ? "was" : "were"} set aside`]
      : []),
  ];
  return `Imported: ${parts.join("; ")}.`;
}

function confirmDelete(say: Say): HTMLDialogElement {
  const dialog = h(
    "dialog",
    { class: "gm-dialog", "aria-labelledby": "gm-delete-title" },
    h("h2", { id: "gm-delete-title" }, "Delete everything?"),
    h(
      "p",
      {},
      "All progress, quiz attempts and code of this course, and the files, history and simulated system of the terminal are deleted from this browser. An exported file brings the progress and the code of cells and labs back, nothing else.",
    ),
    h(
      "p",
      { class: "gm-actions" },
      h(
        "button",
        { type: "button", class: "gm-button gm-button--primary", autofocus: true, onclick: () => dialog.close() },
        "Keep it",
      ),
      h(
        "button",
        {
          type: "button",
          class: "gm-button gm-button--bad",
          onclick: async () => {
            await deleteEverything(say);
            dialog.close();
          },
        },
        "Delete everything",
      ),
    ),
  );
  return dialog;
}

/** Both databases: the record of progress, and the workspace, which is the runtime's. One may fail without the other. */
async function deleteEverything(say: Say): Promise<void> {
  const workspace = keepOf(new URL(pageUrl("")).pathname);
  const [files, progress] = await Promise.allSettled([workspace.forget(), deleteAll()]);
  const failed = [files, progress].find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
  // Without any storage nothing was kept beyond this tab, and what was in it is gone.
  if (failed && (await facts()).where === "indexeddb") {
    const reason = failed.reason instanceof Error ? failed.reason.message : String(failed.reason);
    say(`Not everything could be deleted (${reason}). Delete this site's data in the browser's settings.`, "bad");
    return;
  }
  say("Everything was deleted from this browser.", "ok");
  // Instant navigation may have brought a running Python and its files along; only a new document is without them.
  if (files.status === "fulfilled" && files.value) location.reload();
}

function factList(facts: StorageFacts): HTMLElement[] {
  const rows: [string, string][] = [
    ["Kept in", facts.where === "indexeddb" ? "this browser (IndexedDB)" : "this tab only"],
    ["Records", `${counted(facts.events, "event")}, ${counted(facts.drafts, "draft")}`],
    [
      "First and last",
      facts.firstEvent === null || facts.lastEvent === null
        ? "none yet"
        : `${when(facts.firstEvent)} – ${when(facts.lastEvent)}`,
    ],
    ["Last export", facts.lastExport === null ? "never" : when(facts.lastExport)],
    [
      "Safe from clean-up",
      facts.persisted === true
        ? "yes, the browser has promised it"
        : facts.persisted === false
          ? "no, the browser may delete it"
          : "the browser does not say",
    ],
    ["Space", facts.usage === null ? "the browser does not say" : `${size(facts.usage.used)} used by the site`],
    ["This device", facts.device],
  ];
  const list = h(
    "dl",
    { class: "gm-facts" },
    ...rows.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text))),
  );
  if (facts.setAside.length === 0) return [list];
  const records = facts.setAside.map(({ raw, reason, at }) =>
    h(
      "li",
      {},
      `${when(at)}: ${reason}`,
      h("pre", { tabindex: 0 }, h("code", {}, raw.length > 2000 ? `${raw.slice(0, 2000)}…` : raw)),
    ),
  );
  const aside = h(
    "details",
    { class: "gm-set-aside" },
    h("summary", {}, `${counted(facts.setAside.length, "record")} set aside`),
    h("p", {}, "This version of the course cannot read them. They do not count, and they are exported with the rest."),
    h("ul", {}, ...records),
  );
  return [list, aside];
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
