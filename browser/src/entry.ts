/** The one script of every page: it loads the code of a custom element when the element appears, and nothing before. */

import { mendCopyBars } from "./page/copy-bars.ts";

const ELEMENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "gm-cell": () => import("./elements/cell.ts"),
  "gm-desk": () => import("./elements/desk.ts"),
  "gm-lab": () => import("./elements/lab.ts"),
  "gm-progress": () => import("./elements/progress.ts"),
  "gm-quiz": () => import("./elements/quiz.ts"),
  "gm-terminal": () => import("./elements/terminal.ts"),
};

const wanted = new Set(Object.keys(ELEMENTS));

function load(): void {
  mendCopyBars(document);
  for (const tag of wanted) {
    if (!document.querySelector(tag)) continue;
    wanted.delete(tag);
    ELEMENTS[tag]?.().catch((error: unknown) => {
      wanted.add(tag); // a chunk that could not be fetched is asked for again at the next change of page
      console.error(`${tag} could not be loaded; the page works without it.`, error);
    });
  }
}

load();
// Instant navigation replaces the content without running this script again.
new MutationObserver(load).observe(document.body, { childList: true, subtree: true });

const reload = document.querySelector<HTMLMetaElement>('meta[name="gm-reload"]')?.content;
if (reload) void import("./reload.ts").then(({ reloadOn }) => reloadOn(reload));
