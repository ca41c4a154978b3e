// Compile the Python files of an archive with Pyodide itself: its bytecode is 3.13's, whatever Python the host has.
// usage: node compile.mjs PYODIDE_FOLDER SOURCE.zip COMPILED.zip
//
// COMPILED.zip holds a .pyc for every .py (checked by nobody: the archive never changes behind the import system) and
// every other file as it is. The sources stay in SOURCE.zip, for tracebacks, loaded only when one is wanted.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, source, target] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.resolve(folder, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: `${path.resolve(folder)}/` });
pyodide.FS.writeFile("/source.zip", fs.readFileSync(source));
pyodide.runPython(`
import importlib.util, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

EPOCH = (2020, 1, 1, 0, 0, 0)  # a fixed date: the archive is a function of its sources
with zipfile.ZipFile("/source.zip") as source, zipfile.ZipFile("/target.zip", "w") as target:
    for name in sorted(source.namelist()):
        data = source.read(name)
        if name.endswith(".py"):
            code = compile(data, "/lib/python313.zip/" + name, "exec", dont_inherit=True)
            name += "c"
            data = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(data), False))
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.external_attr = 0o644 << 16
        target.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
`);
fs.writeFileSync(target, pyodide.FS.readFile("/target.zip"));
