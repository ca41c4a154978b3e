// Bundles the quiz and progress elements with the course's own CSS. usage: node tests/quiz/harness.mjs OUTPUT_FOLDER
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const outdir = path.resolve(process.argv[2]);
const shared = { bundle: true, outdir, absWorkingDir: root, logLevel: "error", target: ["es2022"] };
const source = (contents, loader) => ({ contents, resolveDir: root, sourcefile: `harness.${loader}`, loader });

const script = `
  import "./browser/src/elements/quiz.ts";
  import "./browser/src/elements/progress.ts";
  import * as progress from "./browser/src/progress/index.ts";
  window.progress = progress;
`;
// The look without KaTeX, which no question of the sample uses.
const style = ["tokens", "fonts", "look"].map((name) => `@import "./overrides/css/${name}.css";`).join("\n");
await Promise.all([
  esbuild.build({ ...shared, stdin: source(script, "ts"), format: "esm", entryNames: "harness" }),
  esbuild.build({ ...shared, stdin: source(style, "css"), entryNames: "academy", loader: { ".woff2": "file" } }),
]);
