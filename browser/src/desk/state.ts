/**
 * What the desk shows: the answer of `GET /simulator/desk`. It comes from the sandbox, in which learner code runs, so every
 * field is read with its type, and whatever else came is dropped.
 */

export interface Bar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Position {
  readonly symbol: string;
  /** Contracts; below zero when short. */
  readonly quantity: number;
  readonly averagePrice: number;
  readonly last: number;
  readonly unrealised: number;
  readonly realised: number;
}

export interface Order {
  readonly id: string;
  readonly time: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly filled: number;
  readonly type: string;
  readonly price: number | null;
  readonly averagePrice: number;
  readonly state: string;
  readonly purpose: string;
  readonly reason: string;
  readonly isOpen: boolean;
}

export interface Vote {
  readonly voter: string;
  readonly action: string;
  readonly confidence: number;
  readonly weight: number | null;
}

export interface Decision {
  readonly id: string;
  readonly time: string;
  readonly agent: string;
  readonly symbol: string;
  readonly action: string;
  readonly confidence: number;
  readonly threshold: number;
  readonly acts: boolean;
  readonly reasoning: string;
  readonly inputs: readonly (readonly [string, number])[];
  readonly votes: readonly Vote[];
  readonly vetoes: readonly string[];
}

export interface Limit {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly used: number | null;
  readonly unit: string;
}

export interface Alert {
  readonly id: string;
  readonly time: string;
  readonly type: string;
  readonly severity: string;
  readonly message: string;
  readonly state: string;
}

export interface Trade {
  readonly id: string;
  readonly time: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly pnl: number;
}

/** One execution, with the instant at which it happened. */
export interface Fill {
  readonly time: number;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: number;
  readonly purpose: string;
}

export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly value: number | null;
  readonly unit: string;
}

export interface DeskState {
  readonly clock: string;
  readonly status: string;
  readonly statusReason: string;
  readonly figures: readonly Figure[];
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  readonly positions: readonly Position[];
  readonly orders: readonly Order[];
  readonly decisions: readonly Decision[];
  readonly limits: readonly Limit[];
  readonly alerts: readonly Alert[];
  readonly trades: readonly Trade[];
  readonly fills: readonly Fill[];
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("The trading system's answer cannot be read.");
  return value as Fields;
}

function textOf(from: Fields, key: string): string {
  const value = from[key];
  return typeof value === "string" ? value : "";
}

function numberOrNull(from: Fields, key: string): number | null {
  const value = from[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function numberOf(from: Fields, key: string): number {
  return numberOrNull(from, key) ?? 0;
}

function listOf<T>(from: Fields, key: string, read: (item: Fields) => T): T[] {
  const value = from[key];
  return Array.isArray(value) ? value.slice(0, 500).map((item: unknown) => read(fieldsOf(item))) : [];
}

function readBar(value: unknown): Bar {
  const at = (index: number) => (Array.isArray(value) && typeof value[index] === "number" ? value[index] : 0);
  return { time: at(0), open: at(1), high: at(2), low: at(3), close: at(4), volume: at(5) };
}

function readDecision(item: Fields): Decision {
  const weights = fieldsOf(item.weights ?? {});
  const votes = Object.entries(fieldsOf(item.votes ?? {})).map(([voter, vote]) => {
    const one = fieldsOf(vote);
    return {
      voter,
      action: textOf(one, "action"),
      confidence: numberOf(one, "confidence"),
      weight: numberOrNull(weights, voter),
    };
  });
  const inputs = Object.entries(fieldsOf(item.inputs ?? {})).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value] as const] : [],
  );
  const vetoes = Array.isArray(item.vetoes)
    ? item.vetoes.filter((veto): veto is string => typeof veto === "string")
    : [];
  return {
    id: textOf(item, "id"),
    time: textOf(item, "time"),
    agent: textOf(item, "agent"),
    symbol: textOf(item, "symbol"),
    action: textOf(item, "action"),
    confidence: numberOf(item, "confidence"),
    threshold: numberOf(item, "threshold"),
    acts: item.acts === true,
    reasoning: textOf(item, "reasoning"),
    inputs,
    votes,
    vetoes,
  };
}

/** Raises an Error, in words for the reader, when the answer is no desk. */
export function parseDesk(value: unknown): DeskState {
  const from = fieldsOf(value);
  const system = fieldsOf(from.system ?? {});
  const bars = Object.entries(fieldsOf(from.bars ?? {})).map(
    ([symbol, list]) => [symbol, Array.isArray(list) ? list.slice(-400).map(readBar) : []] as const,
  );
  return {
    clock: textOf(from, "clock"),
    status: textOf(system, "status"),
    statusReason: textOf(system, "reason"),
    figures: listOf(from, "figures", (item) => ({
      name: textOf(item, "name"),
      title: textOf(item, "title"),
      value: numberOrNull(item, "value"),
      unit: textOf(item, "unit"),
    })),
    bars: Object.fromEntries(bars),
    positions: listOf(from, "positions", (item) => ({
      symbol: textOf(item, "symbol"),
      quantity: numberOf(item, "quantity"),
      averagePrice: numberOf(item, "average_price"),
      last: numberOf(item, "last"),
      unrealised: numberOf(item, "unrealised"),
      realised: numberOf(item, "realised"),
    })),
    orders: listOf(from, "orders", (item) => ({
      id: textOf(item, "id"),
      time: textOf(item, "time"),
      symbol: textOf(item, "symbol"),
      side: textOf(item, "side"),
      quantity: numberOf(item, "quantity"),
      filled: numberOf(item, "filled"),
      type: textOf(item, "type"),
      price: numberOrNull(item, "price"),
      averagePrice: numberOf(item, "average_price"),
      state: textOf(item, "state"),
      purpose: textOf(item, "purpose"),
      reason: textOf(item, "reason"),
      isOpen: item.open === true,
    })),
    decisions: listOf(from, "decisions", readDecision),
    limits: listOf(from, "limits", (item) => ({
      name: textOf(item, "name"),
      title: textOf(item, "title"),
      value: numberOf(item, "value"),
      used: numberOrNull(item, "used"),
      unit: textOf(item, "unit"),
    })),
    alerts: listOf(from, "alerts", (item) => ({
      id: textOf(item, "id"),
      time: textOf(item, "time"),
      type: textOf(item, "type"),
      severity: textOf(item, "severity"),
      message: textOf(item, "message"),
      state: textOf(item, "state"),
    })),
    trades: listOf(from, "trades", (item) => ({
      id: textOf(item, "id"),
      time: textOf(item, "time"),
      symbol: textOf(item, "symbol"),
      side: textOf(item, "side"),
      quantity: numberOf(item, "quantity"),
      entryPrice: numberOf(item, "entry_price"),
      exitPrice: numberOf(item, "exit_price"),
      pnl: numberOf(item, "pnl"),
    })),
    fills: listOf(from, "fills", (item) => ({
      time: numberOf(item, "time"),
      symbol: textOf(item, "symbol"),
      side: textOf(item, "side"),
      quantity: numberOf(item, "quantity"),
      price: numberOf(item, "price"),
      purpose: textOf(item, "purpose"),
    })),
  };
}
