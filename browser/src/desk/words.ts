/** Figures and times as the desk writes them. */

const UNITS: Readonly<Record<string, (value: number) => string>> = {
  dollars: (value) => dollars(value),
  fraction: (value) => `${(100 * value).toFixed(2)} %`,
  ratio: (value) => `${value.toFixed(2)} ×`,
  score: (value) => value.toFixed(2),
  contracts: (value) => `${value}`,
  points: (value) => value.toFixed(2),
};

/** “−1,234 $”: a true minus, no cents. */
export function dollars(value: number): string {
  const whole = Math.round(Math.abs(value)).toLocaleString("en-GB");
  return `${value <= -0.5 ? "−" : ""}${whole} $`;
}

/** Gains carry their plus sign, so that colour is never the only sign. */
export function gain(value: number): string {
  return `${value >= 0.5 ? "+" : ""}${dollars(value)}`;
}

export function price(value: number): string {
  return value.toFixed(2);
}

export function figure(value: number | null, unit: string): string {
  if (value === null) return "–";
  return (UNITS[unit] ?? ((plain) => `${plain}`))(value);
}

/** “14 Jul, 15:05” of an ISO instant, in UTC as everything in the simulated system. */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return `${day}, ${at.toISOString().slice(11, at.getUTCSeconds() === 0 ? 16 : 19)}`;
}

/** “mlmi_expert” → “mlmi expert”. */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}

/** “3 long”, “2 short”, “flat”. */
export function side(quantity: number): string {
  if (quantity === 0) return "flat";
  return `${Math.abs(quantity)} ${quantity > 0 ? "long" : "short"}`;
}
