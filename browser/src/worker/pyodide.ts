/** The part of Pyodide's public API (0.28) that the worker uses; `loadPyodide` is global, since pyodide.js is prepended. */

import type { loadPyodide as LoadPyodide, PyodideInterface } from "pyodide";
import type { PyCallable, PyGenerator, PyProxy } from "pyodide/ffi";

export type Pyodide = PyodideInterface;
export type { PyCallable, PyGenerator, PyProxy };

declare const loadPyodide: typeof LoadPyodide;

export const load: typeof LoadPyodide = (options) => loadPyodide(options);
