// Bundle what the page loads. usage: node browser/build.mjs OUTPUT_FOLDER
//
//   entry.js + chunks/     ES modules, split: only what a page needs is loaded
//   academy.css + fonts/   the look (overrides/css)
//   python-worker.js       classic script: the sandbox's worker is Pyodide's files and this one, concatenated
//   shell-worker.js        classic script: just-bash in a worker of its own
//   meta.json              which input files went into which output (the notices page is made from it)
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.resolve(process.argv[2]);
const here = (...parts) => path.join(root, ...parts);

// `import text from "./frame.js?text"`: the file's exact text. The Content-Security-Policy holds its hash, so nothing
// may be added or minified.
const asText = {
  name: "as-text",
  setup(build) {
    build.onResolve({ filter: /\?text$/ }, ({ path: name, resolveDir }) => ({
      path: path.resolve(resolveDir, name.slice(0, -"?text".length)),
      namespace: "text",
    }));
    build.onLoad({ filter: /./, namespace: "text" }, ({ path: name }) => ({
      contents: fs.readFileSync(name, "utf8"),
      loader: "text",
    }));
  },
};

// KaTeX names each font three times; every browser that can run the course reads woff2.
const woff2Only = {
  name: "woff2-only",
  setup(build) {
    build.onLoad({ filter: /katex\.min\.css$/ }, ({ path: name }) => ({
      contents: fs.readFileSync(name, "utf8").replace(/,url\([^)]+\.(?:woff|ttf)\) format\("[a-z]+"\)/g, ""),
      loader: "css",
    }));
  },
};

const shared = {
  bundle: true,
  minify: true,
  metafile: true,
  sourcemap: false,
  target: ["es2022"],
  legalComments: "none", // the notices page carries the licences, in full
  logLevel: "warning",
  absWorkingDir: root,
  plugins: [asText, woff2Only],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]-[hash]",
  // just-bash's browser build still mentions this module; nothing that runs in a page uses it.
  alias: { "node:zlib": here("browser/src/shell/no-zlib.ts") },
};

const builds = await Promise.all([
  esbuild.build({
    ...shared,
    entryPoints: { entry: here("browser/src/entry.ts") },
    outdir: out,
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  }),
  esbuild.build({ ...shared, entryPoints: { academy: here("overrides/css/academy.css") }, outdir: out }),
  ...["worker/python-worker", "shell/shell-worker"].map((name) =>
    esbuild.build({
      ...shared,
      entryPoints: { [path.basename(name)]: here(`browser/src/${name}.ts`) },
      outdir: out,
      format: "iife",
    }),
  ),
]);

const outputs = {};
for (const { metafile } of builds) {
  for (const [name, output] of Object.entries(metafile.outputs)) {
    outputs[path.relative(out, here(name))] = { bytes: output.bytes, inputs: Object.keys(output.inputs) };
  }
}
fs.writeFileSync(path.join(out, "meta.json"), `${JSON.stringify(outputs, null, 1)}\n`);
