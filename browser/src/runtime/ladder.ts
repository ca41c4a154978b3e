/**
 * The boot ladder: ways to start Python, quickest first. Each step that fails falls back to the next; the reasons of all
 * of them are told when none works.
 *
 * Step 1 of the design, a memory snapshot made by this very browser, is not built yet; it goes in front of the list in
 * `steps` and needs nothing else from the rest.
 */

import type { RuntimeManifest } from "../generated/runtime.ts";
import type { RuntimeFiles } from "./files.ts";
import { type BootPlan, PROTOCOL, type ToPython } from "./protocol.ts";

export interface Step {
  readonly plan: BootPlan;
  /** Files that the step boots from, posted in with the first message. */
  readonly files: readonly string[];
}

/** The steps that this runtime offers, in the order to try them. */
export function steps(manifest: RuntimeManifest, seed: number): Step[] {
  const core = ["pyodide.asm.wasm", "pyodide-lock.json"];
  return [
    {
      plan: { step: "archive", archive: manifest.archive, wheel: null, seed },
      files: [...core, manifest.archive],
    },
    {
      plan: { step: "stock", archive: null, wheel: manifest.wheel, seed },
      files: [...core, "python_stdlib.zip", manifest.wheel],
    },
  ];
}

/** The worker's source: one classic script, because inside nothing can be imported. */
export async function workerScript(files: RuntimeFiles, worker: URL): Promise<(ArrayBuffer | string)[]> {
  const [asm, loader, own] = await Promise.all([
    files.bytes("pyodide.asm.js"),
    files.bytes("pyodide.js"),
    fetch(worker).then((response) => {
      if (!response.ok)
        throw new Error(`The page's own worker could not be fetched: the server answered ${response.status}.`);
      return response.arrayBuffer();
    }),
  ]);
  return [asm, "\n", loader, "\n", own];
}

/** The first message of a step: its plan and all bytes that it boots from. */
export async function firstMessage(
  files: RuntimeFiles,
  step: Step,
  world: string | null,
): Promise<ToPython & { type: "boot" }> {
  const bytes = await Promise.all(step.files.map(async (name) => [name, await files.bytes(name)] as const));
  return { v: PROTOCOL, type: "boot", plan: step.plan, files: Object.fromEntries(bytes), world };
}
