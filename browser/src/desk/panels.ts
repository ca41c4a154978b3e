/** The desk's panels: each turns a part of the state into elements. What can be done goes through `Acts`. */

import { button } from "../elements/dom.ts";
import { counted, h } from "../elements/markup.ts";
import type { Alert, Decision, DeskState, Limit, Order, Position, Trade } from "./state.ts";
import { dollars, figure, gain, instant, plain, price, side } from "./words.ts";

export interface OrderForm {
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly type: string;
  readonly limitPrice: number | null;
}

/** What the desk can do to the system. */
export interface Acts {
  order(form: OrderForm): void;
  cancel(id: string): void;
  close(symbol: string): void;
  acknowledge(id: string): void;
  limit(name: string, value: number): void;
}

function table(caption: string, heads: readonly string[], rows: readonly HTMLTableRowElement[]): HTMLElement {
  const head = h("tr", {}, ...heads.map((text) => (text === "" ? h("td") : h("th", { scope: "col" }, text))));
  const body = h(
    "table",
    { class: "gm-desk-table" },
    h("caption", { class: "gm-unseen" }, caption),
    h("thead", {}, head),
    h("tbody", {}, ...rows),
  );
  return h("div", { class: "gm-desk-scroll", role: "region", "aria-label": caption, tabindex: 0 }, body);
}

function cell(text: string, kind = ""): HTMLTableCellElement {
  return h("td", { class: kind || undefined }, text);
}

/** A button whose name says which row it is for: many rows have the same word on theirs. */
function named(label: string, name: string, onClick: () => void): HTMLButtonElement {
  const element = button({ label, onClick });
  element.setAttribute("aria-label", name);
  return element;
}

function nothing(text: string): HTMLElement {
  return h("p", { class: "gm-desk-empty" }, text);
}

// ---- decisions -------------------------------------------------------------------------------------------------------

export function decisionsPanel({ decisions }: DeskState, opened: ReadonlySet<string>): HTMLElement[] {
  if (decisions.length === 0) return [nothing("No decision yet. Let some bars go by.")];
  const list = h("ol", { class: "gm-desk-decisions" });
  for (const decision of decisions) list.append(h("li", {}, decisionEntry(decision, opened.has(decision.id))));
  return [list];
}

function decisionEntry(decision: Decision, isOpen: boolean): HTMLElement {
  const { agent, symbol, action, confidence, threshold, acts } = decision;
  const outcome = acts ? "acts" : "does not act";
  const line = h(
    "span",
    { class: "gm-desk-line" },
    h("time", {}, instant(decision.time)),
    h("b", {}, `${plain(agent)}${symbol ? `, ${symbol}` : ""}: ${plain(action)}`),
    meter(confidence, threshold),
    h("span", { class: "gm-desk-outcome", "data-outcome": acts ? "acts" : "rests" }, outcome),
  );
  const summary = h("summary", {}, line);
  const parts: HTMLElement[] = [h("p", {}, decision.reasoning)];
  if (decision.vetoes.length > 0)
    parts.push(h("p", {}, h("b", {}, "Why it does not act: "), decision.vetoes.join("; ")));
  if (decision.votes.length > 0)
    parts.push(
      table(
        `Votes of decision ${decision.id}`,
        ["voter", "says", "confidence", "weight"],
        decision.votes.map((vote) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, plain(vote.voter)),
            cell(plain(vote.action)),
            cell(vote.confidence.toFixed(2), "gm-figure"),
            cell(vote.weight === null ? "–" : vote.weight.toFixed(2), "gm-figure"),
          ),
        ),
      ),
    );
  if (decision.inputs.length > 0) {
    const inputs = h("dl", { class: "gm-desk-inputs" });
    for (const [name, value] of decision.inputs)
      inputs.append(h("div", {}, h("dt", {}, name), h("dd", {}, `${Number(value.toPrecision(4))}`)));
    parts.push(inputs);
  }
  const entry = h("details", { class: "gm-desk-decision", "data-id": decision.id }, summary, ...parts);
  entry.open = isOpen;
  return entry;
}

/** Confidence against its threshold, if there is one, as a bar and in figures. */
function meter(confidence: number, threshold: number): HTMLElement {
  const share = (value: number) => `${Math.round(100 * Math.min(Math.max(value, 0), 1))}%`;
  const bar = h("span", { class: "gm-desk-meter", "aria-hidden": "true" }, h("i"), h("u"));
  bar.style.setProperty("--gm-value", share(confidence));
  bar.style.setProperty("--gm-mark", share(threshold));
  bar.lastElementChild?.toggleAttribute("hidden", threshold === 0);
  const words = threshold === 0 ? confidence.toFixed(2) : `${confidence.toFixed(2)} of ${threshold.toFixed(2)}`;
  return h(
    "span",
    { class: "gm-desk-confidence" },
    h("span", { class: "gm-unseen" }, "confidence "),
    bar,
    h("span", {}, words),
  );
}

// ---- positions and orders --------------------------------------------------------------------------------------------

export function positionsPanel(state: DeskState, acts: Acts): HTMLElement[] {
  const held = state.positions.filter((position) => position.quantity !== 0);
  const positions =
    held.length === 0
      ? nothing("No position is open.")
      : table(
          "Positions",
          ["instrument", "position", "average", "last", "profit", ""],
          held.map((position) => positionRow(position, acts)),
        );
  const orders =
    state.orders.length === 0
      ? nothing("No order yet.")
      : table(
          "Orders, newest first",
          ["time", "order", "price", "state", ""],
          state.orders.map((order) => orderRow(order, acts)),
        );
  const trades =
    state.trades.length === 0
      ? nothing("No trade has been closed yet.")
      : table("Closed trades, newest first", ["closed", "trade", "in", "out", "profit"], state.trades.map(tradeRow));
  return [h("h4", {}, "Positions"), positions, h("h4", {}, "Orders"), orders, h("h4", {}, "Closed trades"), trades];
}

function positionRow(position: Position, acts: Acts): HTMLTableRowElement {
  const close = named("Close", `Close ${position.symbol}`, () => acts.close(position.symbol));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, position.symbol),
    cell(side(position.quantity)),
    cell(price(position.averagePrice), "gm-figure"),
    cell(price(position.last), "gm-figure"),
    cell(gain(position.unrealised), "gm-figure"),
    h("td", {}, close),
  );
}

function orderRow(order: Order, acts: Acts): HTMLTableRowElement {
  const what = `${order.side} ${order.quantity} ${order.symbol} ${order.type}`;
  const at = order.filled > 0 ? order.averagePrice : order.price;
  const state = order.filled > 0 && order.filled < order.quantity ? `${order.state} ${order.filled}` : order.state;
  const cancel = order.isOpen ? named("Cancel", `Cancel ${order.id}`, () => acts.cancel(order.id)) : null;
  return h(
    "tr",
    {},
    cell(instant(order.time)),
    h("th", { scope: "row" }, what, h("small", {}, ` ${order.purpose}`)),
    cell(at === null ? "market" : price(at), "gm-figure"),
    h("td", {}, plain(state).toLowerCase(), order.reason ? h("small", {}, ` ${order.reason}`) : null),
    h("td", {}, cancel),
  );
}

function tradeRow(trade: Trade): HTMLTableRowElement {
  return h(
    "tr",
    {},
    cell(instant(trade.time)),
    h("th", { scope: "row" }, `${trade.side} ${trade.quantity} ${trade.symbol}`),
    cell(price(trade.entryPrice), "gm-figure"),
    cell(price(trade.exitPrice), "gm-figure"),
    cell(gain(trade.pnl), "gm-figure"),
  );
}

/** The order ticket. It is built once, so that what was typed survives a new state. */
export function ticket(symbols: readonly string[], acts: Acts): HTMLFormElement {
  const options = (...values: readonly string[]) => values.map((value) => h("option", { value }, value.toLowerCase()));
  const symbol = h("select", { name: "symbol" }, ...symbols.map((value) => h("option", { value }, value)));
  const direction = h("select", { name: "side" }, ...options("BUY", "SELL"));
  const quantity = h("input", { name: "quantity", type: "number", value: 1, min: 1, step: 1, required: true });
  const type = h("select", { name: "type" }, ...options("MARKET", "LIMIT", "STOP"));
  const at = h("input", { name: "price", type: "number", step: 0.25, disabled: true });
  type.addEventListener("change", () => {
    at.disabled = type.value === "MARKET";
    at.required = !at.disabled;
  });
  const send = h("button", { type: "submit", class: "gm-button" }, "Send order");
  const field = (text: string, control: HTMLElement) => h("label", {}, h("span", {}, text), control);
  return h(
    "form",
    {
      class: "gm-desk-ticket",
      "aria-label": "Order ticket",
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        acts.order({
          symbol: symbol.value,
          side: direction.value,
          quantity: quantity.valueAsNumber,
          type: type.value,
          limitPrice: at.disabled ? null : at.valueAsNumber,
        });
      },
    },
    field("instrument", symbol),
    field("side", direction),
    field("contracts", quantity),
    field("type", type),
    field("price", at),
    send,
  );
}

// ---- limits ----------------------------------------------------------------------------------------------------------

export function limitsPanel({ limits }: DeskState, acts: Acts): HTMLElement[] {
  if (limits.length === 0) return [nothing("No limits are reported.")];
  return [
    table(
      "Risk limits",
      ["limit", "now", "limit at", ""],
      limits.map((limit) => limitRow(limit, acts)),
    ),
  ];
}

function limitRow(limit: Limit, acts: Acts): HTMLTableRowElement {
  const field = h("input", {
    type: "number",
    step: "any",
    min: 0,
    value: limit.value,
    "aria-label": `${limit.title}: new limit`,
  });
  const set = named("Set", `Set ${limit.title}`, () => acts.limit(limit.name, field.valueAsNumber));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, limit.title),
    cell(figure(limit.used, limit.unit), "gm-figure"),
    cell(figure(limit.value, limit.unit), "gm-figure"),
    h("td", { class: "gm-desk-set" }, field, set),
  );
}

// ---- alerts ----------------------------------------------------------------------------------------------------------

export function alertsPanel({ alerts }: DeskState, acts: Acts): HTMLElement[] {
  if (alerts.length === 0) return [nothing("No alert.")];
  const list = h("ol", { class: "gm-desk-alerts" });
  for (const alert of alerts) list.append(alertEntry(alert, acts));
  return [list];
}

function alertEntry(alert: Alert, acts: Acts): HTMLElement {
  const acknowledge =
    alert.state === "active" ? named("Acknowledge", `Acknowledge ${alert.id}`, () => acts.acknowledge(alert.id)) : null;
  return h(
    "li",
    { "data-severity": alert.severity },
    h(
      "p",
      {},
      h("time", {}, instant(alert.time)),
      " ",
      h("b", {}, plain(alert.type)),
      ` (${alert.severity}, ${alert.state})`,
    ),
    h("p", {}, alert.message),
    acknowledge,
  );
}

// ---- the account -----------------------------------------------------------------------------------------------------

export function account({ figures }: DeskState): HTMLElement {
  const list = h("dl", { class: "gm-desk-figures" });
  for (const { title, value, unit, name } of figures) {
    const text = name.includes("pnl") && value !== null ? gain(value) : figure(value, unit);
    list.append(h("div", {}, h("dt", {}, title), h("dd", {}, text)));
  }
  return list;
}

/** What happened since the last state, in one sentence for a screen reader and the status line. */
export function news(before: DeskState | undefined, now: DeskState): string {
  if (!before) return "";
  const known = new Set(before.decisions.map((decision) => decision.id));
  const decisions = now.decisions.filter((decision) => !known.has(decision.id));
  const acting = decisions.filter((decision) => decision.acts).length;
  const seen = new Set(before.trades.map((trade) => trade.id));
  const trades = now.trades.filter((trade) => !seen.has(trade.id));
  const told = new Set(before.alerts.map((alert) => alert.id));
  const alerts = now.alerts.filter((alert) => !told.has(alert.id)).length;
  const parts = [];
  if (decisions.length > 0) parts.push(`${counted(decisions.length, "new decision")}, ${acting} of which act`);
  if (trades.length > 0) {
    const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0);
    parts.push(`${counted(trades.length, "trade")} closed (${pnl >= 0 ? "+" : ""}${dollars(pnl)})`);
  }
  if (alerts > 0) parts.push(counted(alerts, "new alert"));
  return parts.length > 0 ? `${parts.join("; ")}.` : "Nothing new.";
}
