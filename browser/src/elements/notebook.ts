/** Code as files: a Python script and a Jupyter notebook (nbformat 4.5). */

export interface CodeCell {
  readonly id: string;
  readonly code: string;
}

/** How to have elsewhere what the page has: the simulator is in no package index, its wheel is on the site. */
export function howToInstall(wheel: string | null): string {
  return wheel === null
    ? "Install the simulator (package grandmodel_sim) to run it elsewhere."
    : `To run it elsewhere: pip install ${wheel}`;
}

/** One script of several cells, separated as editors with cell support write it. */
export function asScript(title: string, cells: readonly CodeCell[], install: string): string {
  const parts = cells.map(({ id, code }) =>
    cells.length > 1 ? `# %% ${id}\n${code.trimEnd()}\n` : `${code.trimEnd()}\n`,
  );
  return `# ${title}\n# From GrandModel Academy. ${install}\n\n${parts.join("\n")}`;
}

/** A notebook with one code cell for each cell. */
export function asNotebook(title: string, cells: readonly CodeCell[], install: string): string {
  const lines = (text: string) => text.trimEnd().split(/(?<=\n)/);
  const notebook = {
    cells: [
      {
        cell_type: "markdown",
        id: "title",
        metadata: {},
        source: [`# ${title}\n`, "\n", `From GrandModel Academy. ${install}`],
      },
      ...cells.map(({ id, code }) => ({
        cell_type: "code",
        execution_count: null,
        id: id.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 64),
        metadata: {},
        outputs: [],
        source: lines(code),
      })),
    ],
    metadata: {
      kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
      language_info: { name: "python" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}
