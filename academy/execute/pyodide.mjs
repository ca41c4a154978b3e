// Run jobs in Pyodide under Node, from the very runtime folder that the page boots from.
// usage: node pyodide.mjs RUNTIME_FOLDER < jobs.json > results.json
//
// jobs: [{"id", "code", "packages_from"}]: `code` defines `async def job() -> str`; `packages_from` is source whose packages
// are loaded beforehand, as the page finds them out. Each job runs in a fresh namespace. results: {"<id>": {"ok": "<string>"} | {"error": "<text>"}}
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve(import.meta.dirname, "../..");
const runtime = path.resolve(process.argv[2]);
const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
const core = path.join(root, "node_modules/pyodide"); // the same files; Node runs them only from a CommonJS package
const { loadPyodide } = await import(pathToFileURL(path.join(core, "pyodide.mjs")));
const manifest = JSON.parse(fs.readFileSync(path.join(runtime, "runtime.json"), "utf8"));
const pyodide = await loadPyodide({
  indexURL: `${core}/`,
  packageBaseUrl: `${runtime}/`,
  packageCacheDir: runtime,
  stdLibURL: path.join(runtime, manifest.archive),
  stdout: (text) => process.stderr.write(`${text}\n`),
  stderr: (text) => process.stderr.write(`${text}\n`),
});
const packagesFor = pyodide.runPython("from grandmodel_sim.notebook.imports import packages_for\npackages_for");
const results = {};
for (const { id, code, packages_from: source } of jobs) {
  const namespace = pyodide.toPy({});
  try {
    if (source) await pyodide.loadPackage(packagesFor(source).toJs(), { messageCallback() {} });
    pyodide.runPython(code, { globals: namespace });
    const job = namespace.get("job");
    results[id] = { ok: await job() };
    job.destroy();
  } catch (error) {
    results[id] = { error: String(error.message ?? error) };
  }
  namespace.destroy();
}
fs.writeSync(1, JSON.stringify(results));
