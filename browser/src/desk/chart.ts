/** The last bars of one instrument as candles, drawn with the text's own colours: hollow for up, filled for down. */

import type { Bar, Fill } from "./state.ts";
import { instant, price } from "./words.ts";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 220;
const RIGHT = 62; // room for the price scale
const [NARROWEST, WIDEST] = [330, 760];
const NARROWEST_BAR = 5; // a narrow screen shows fewer bars, not thinner ones

function draw(tag: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** What a reader who does not see the picture gets. */
export function inWords(symbol: string, bars: readonly Bar[]): string {
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) return `${symbol}: no bars yet.`;
  const high = Math.max(...bars.map((bar) => bar.high));
  const low = Math.min(...bars.map((bar) => bar.low));
  const from = instant(new Date(first.time).toISOString());
  const to = instant(new Date(last.time).toISOString());
  return `${symbol}, ${bars.length} five-minute bars from ${from} to ${to} UTC: opened at ${price(first.open)}, last ${price(last.close)}, highest ${price(high)}, lowest ${price(low)}.`;
}

/** A step of 1, 2 or 5 times a power of ten that gives about `count` lines over `span`. */
function niceStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? 10 * power;
}

/** `room`: how wide it may be, in CSS pixels, so that its letters are as large on a phone as on a desk. */
export function chart(symbol: string, all: readonly Bar[], fills: readonly Fill[], room: number): SVGElement {
  const width = Math.min(Math.max(room, NARROWEST), WIDEST);
  const bars = all.slice(-Math.floor((width - RIGHT) / NARROWEST_BAR));
  const words = inWords(symbol, bars);
  const picture = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": words });
  if (bars.length === 0) return picture;
  const high = Math.max(...bars.map((bar) => bar.high));
  const low = Math.min(...bars.map((bar) => bar.low));
  const span = Math.max(high - low, 1);
  const y = (value: number) => 10 + ((high - value) / span) * (HEIGHT - 34);
  const slot = (width - RIGHT) / Math.max(bars.length, 40);
  const x = (index: number) => (index + 0.5) * slot;

  const step = niceStep(span, 4);
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    picture.append(
      draw("line", { x1: 0, x2: width - RIGHT, y1: y(value), y2: y(value), class: "gm-desk-grid" }),
      draw("text", { x: width - RIGHT + 6, y: y(value) + 4, class: "gm-desk-scale" }, price(value)),
    );
  }
  const hours = bars.flatMap((bar, index) => (bar.time % 3_600_000 === 0 ? [index] : []));
  const every = Math.ceil((hours.length * 60) / (width - RIGHT)) || 1;
  hours.forEach((index, count) => {
    const bar = bars[index];
    if (!bar || count % every !== 0) return;
    const hour = new Date(bar.time).toISOString().slice(11, 16);
    picture.append(draw("text", { x: x(index), y: HEIGHT - 4, class: "gm-desk-scale", "text-anchor": "middle" }, hour));
  });
  bars.forEach((bar, index) => {
    const up = bar.close >= bar.open;
    const top = y(Math.max(bar.open, bar.close));
    const body = Math.max(Math.abs(y(bar.open) - y(bar.close)), 1);
    picture.append(
      draw("line", { x1: x(index), x2: x(index), y1: y(bar.high), y2: y(bar.low), class: "gm-desk-wick" }),
      draw("rect", {
        x: x(index) - slot * 0.32,
        y: top,
        width: slot * 0.64,
        height: body,
        class: up ? "gm-desk-up" : "gm-desk-down",
      }),
    );
  });
  picture.append(...marks(symbol, bars, fills, x, y));
  return picture;
}

/** A triangle where something was bought (pointing up) or sold (pointing down). */
function marks(
  symbol: string,
  bars: readonly Bar[],
  fills: readonly Fill[],
  x: (index: number) => number,
  y: (value: number) => number,
): SVGElement[] {
  const begin = (bars[0]?.time ?? 0) - 300_000;
  return fills
    .filter((fill) => fill.symbol === symbol && fill.time > begin)
    .map((fill) => {
      const found = bars.findIndex((bar) => bar.time >= fill.time);
      const [cx, cy] = [x(found < 0 ? bars.length - 1 : found), y(fill.price)];
      const tip = fill.side === "BUY" ? -6 : 6;
      const mark = draw("path", {
        d: `M${cx - 5} ${cy - tip}L${cx + 5} ${cy - tip}L${cx} ${cy + tip}Z`,
        class: "gm-desk-fill",
      });
      mark.append(draw("title", {}, `${fill.side} ${fill.quantity} at ${price(fill.price)} (${fill.purpose})`));
      return mark;
    });
}
