/** The file behind the buttons .py and .ipynb. */

import { pageUrl } from "../progress/index.ts";
import { RuntimeFiles } from "../runtime/files.ts";
import { download } from "./dom.ts";
import { asNotebook, asScript, type CodeCell, howToInstall } from "./notebook.ts";

/** Hand the code to the reader as `<name>.py` or `<name>.ipynb`. */
export async function downloadCode(
  kind: "script" | "notebook",
  name: string,
  title: string,
  cells: readonly CodeCell[],
): Promise<void> {
  // Without the manifest (offline, say) the code is still worth having.
  const wheel = await Promise.resolve()
    .then(() => RuntimeFiles.ofPage(new URL(pageUrl(""))).wheelAddress())
    .catch(() => null);
  const install = howToInstall(wheel);
  if (kind === "script") download(`${name}.py`, asScript(title, cells, install), "text/x-python");
  else download(`${name}.ipynb`, asNotebook(title, cells, install), "application/x-ipynb+json");
}
