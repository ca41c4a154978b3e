import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { type Drawable, type DrawnQuestion, draw } from "../../browser/src/quiz/draw.ts";
import { Pcg32, stream } from "../../browser/src/quiz/random.ts";

interface Golden {
  reference: { state: number; sequence: number; next: number[]; coins: string; rolls: number[]; cards: string };
  streams: { seed: number; name: string; next: number[] }[];
  banks: Record<string, Drawable[]>;
  draws: { bank: string; count: number; seed: number; avoid: string[]; drawn: DrawnQuestion[] }[];
}

const golden: Golden = JSON.parse(fs.readFileSync(new URL("golden.json", import.meta.url), "utf8"));
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test("the generator gives its published outputs", () => {
  const { state, sequence, next, coins, rolls, cards } = golden.reference;
  const generator = new Pcg32(BigInt(state), BigInt(sequence));
  assert.deepEqual(
    times(6, () => generator.next()),
    next,
  );
  assert.equal(times(65, () => "TH"[generator.below(2)]).join(""), coins);
  assert.deepEqual(
    times(33, () => generator.below(6) + 1),
    rolls,
  );
  const deck = [..."A23456789TJQK"].flatMap((number) => [..."hcds"].map((suit) => number + suit));
  assert.equal(generator.shuffled(deck).join(" "), cards);
});

test("streams are as recorded by the Python twin", () => {
  for (const { seed, name, next } of golden.streams) {
    const generator = stream(seed, name);
    assert.deepEqual(
      times(4, () => generator.next()),
      next,
      `${seed} ${name}`,
    );
  }
});

test("every draw is as recorded by the Python twin", () => {
  assert.equal(golden.draws.length, 40);
  for (const { bank, count, seed, avoid, drawn } of golden.draws)
    assert.deepEqual(draw(golden.banks[bank] ?? [], count, seed, avoid), drawn, `${bank} ${seed}`);
});
