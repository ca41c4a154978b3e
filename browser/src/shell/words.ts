/** Tab completion: names of commands in the first word, paths in the others. */

import type { IFileSystem } from "just-bash/browser";

type Folders = Pick<IFileSystem, "readdir" | "stat" | "resolvePath">;

export interface Found {
  /** Where the word that is being completed begins. */
  readonly from: number;
  readonly words: readonly string[];
}

/** What the last word of `text` could become. A folder ends in a slash. */
export async function completions(text: string, cwd: string, commands: readonly string[], fs: Folders): Promise<Found> {
  const from = text.search(/[^\s|;&<>(]*$/);
  const word = text.slice(from);
  const isCommand = /(^|[|;&(]\s*)$/.test(text.slice(0, from)) && !word.includes("/");
  if (isCommand) return { from, words: [...new Set(commands)].filter((name) => name.startsWith(word)).sort() };
  const slash = word.lastIndexOf("/") + 1;
  const folder = fs.resolvePath(cwd, word.slice(0, slash).replace(/^~\//, "/home/learner/") || ".");
  const names = await fs.readdir(folder).catch(() => []);
  const start = word.slice(slash);
  const fitting = names.filter((name) => name.startsWith(start) && (start !== "" || !name.startsWith("."))).sort();
  const words = fitting.map(async (name) => {
    const isFolder = await fs.stat(fs.resolvePath(folder, name)).then(
      (stat) => stat.isDirectory,
      () => false,
    );
    return word.slice(0, slash) + name + (isFolder ? "/" : "");
  });
  return { from, words: await Promise.all(words) };
}
