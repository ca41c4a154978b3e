/** Completion from the live namespace: asked of Python only when it is there and idle, so that typing never waits. */

import type { Completion } from "../editor/editor.ts";
import { session } from "../runtime/session.ts";

function parse(json: string): Completion[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown): Completion[] => {
    if (typeof item === "string") return [{ name: item, kind: "variable" }];
    if (typeof item !== "object" || item === null) return [];
    const { name, kind, detail } = item as Record<string, unknown>;
    if (typeof name !== "string") return [];
    return [
      { name, kind: typeof kind === "string" ? kind : "variable", ...(typeof detail === "string" && { detail }) },
    ];
  });
}

/** A completion source for the namespace of `page`. */
export function completer(page: string): (code: string, cursor: number) => Promise<Completion[]> {
  return async (code, cursor) => {
    const python = session();
    if (python.status.phase !== "ready" || python.status.running) return [];
    const outcome = await python.run({ kind: "complete", code, cursor, page }, "completion", { parts: () => {} })
      .outcome;
    if (outcome.kind !== "done" || !outcome.ok) return [];
    try {
      return parse(outcome.value);
    } catch {
      return [];
    }
  };
}
