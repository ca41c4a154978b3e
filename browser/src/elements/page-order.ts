/** Which cells of a page must run before another one can: those above it that the present worker has not run. */

/** The cells that each worker has run. A new generation knows none. */
export class RanCells {
  #generation = 0;
  #ids = new Set<string>();

  add(generation: number, id: string): void {
    this.#renew(generation);
    this.#ids.add(id);
  }

  has(generation: number, id: string): boolean {
    this.#renew(generation);
    return this.#ids.has(id);
  }

  #renew(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#ids = new Set();
  }
}

/** The cells above `target`, in page order, for which `hasRun` says no. */
export function toRun<T>(inOrder: readonly T[], target: T, hasRun: (cell: T) => boolean): T[] {
  const position = inOrder.indexOf(target);
  return inOrder.slice(0, Math.max(position, 0)).filter((cell) => !hasRun(cell));
}
