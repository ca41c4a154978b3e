// Plain JSON values: what may be stored, exported and imported.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Keys that reach an object's prototype when a careless copy assigns them. No record of ours has them. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
const DEEPEST = 32;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a value that JSON can hold: finite numbers, plain objects without prototype keys, at most 32 levels. */
export function isJson(value: unknown, depth = 0): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (depth >= DEEPEST) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (!isRecord(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([key, item]) => !FORBIDDEN.has(key) && isJson(item, depth + 1));
}

/** JSON text with sorted keys: equal values have equal texts, whatever the order they were written in. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The text of anything, for setting it aside: also of what JSON cannot hold. */
export function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** The first key of `record` that is not in `allowed`, or undefined. */
export function strangeKey(record: Record<string, unknown>, allowed: readonly string[]): string | undefined {
  return Object.keys(record).find((key) => !allowed.includes(key));
}
