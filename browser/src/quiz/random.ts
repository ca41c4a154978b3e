// The course's integer generator: PCG32 (XSH RR 64/32, O'Neill 2014, https://www.pcg-random.org), one stream a name.
// academy/content/draw.py is its twin; both are held to tests/quiz/golden.json. See docs/decisions/002-seeded-variants.md.

const MASK = (1n << 64n) - 1n;
const MULTIPLIER = 6364136223846793005n;

export class Pcg32 {
  #state = 0n;
  readonly #increment: bigint;

  /** `state` and `sequence` as in the reference implementation's pcg32_srandom. */
  constructor(state: bigint, sequence: bigint) {
    this.#increment = ((sequence << 1n) | 1n) & MASK;
    this.next();
    this.#state = (this.#state + state) & MASK;
    this.next();
  }

  /** The next unsigned 32-bit integer. */
  next(): number {
    const old = this.#state;
    this.#state = (old * MULTIPLIER + this.#increment) & MASK;
    const shifted = Number((((old >> 18n) ^ old) >> 27n) & 0xffff_ffffn);
    const rotation = Number(old >> 59n);
    return ((shifted >>> rotation) | (shifted << (-rotation & 31))) >>> 0;
  }

  /** An unbiased integer from 0 up to, not including, `bound` (1 to 2^32 - 1). */
  below(bound: number): number {
    // Values under this threshold would make the first remainders more frequent than the last.
    const threshold = (2 ** 32 - bound) % bound;
    for (;;) {
      const value = this.next();
      if (value >= threshold) return value % bound;
    }
  }

  /** A shuffled copy (Fisher-Yates, from the end). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let left = result.length; left > 1; left -= 1) {
      const chosen = this.below(left);
      [result[chosen], result[left - 1]] = [result[left - 1] as T, result[chosen] as T];
    }
    return result;
  }
}

/** The stream `name` of an unsigned 32-bit seed. A new use takes a new name, so that old seeds keep their meaning. */
export function stream(seed: number, name: string): Pcg32 {
  return new Pcg32(BigInt(seed), fnv1a(name));
}

/** FNV-1a, 64 bits, of the name's UTF-8 bytes. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK;
  return hash;
}
