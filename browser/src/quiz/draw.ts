// Seed -> variant: which questions an attempt asks, in which order, and the order of each one's choices.
// academy/content/draw.py is its twin; the specification is docs/decisions/002-seeded-variants.md.
import { stream } from "./random.ts";

/** What drawing needs to know of a question. */
export interface Drawable {
  id: string;
  objective: string;
  /** Number of choices or items that are shown in a shuffled order; 0 where there is nothing to shuffle. */
  choices: number;
  /** Items to be put in order: they must not be shown in the right order already. */
  ordered: boolean;
}

export interface DrawnQuestion {
  id: string;
  /** Indexes of the choices as the bank lists them, in the order in which they are shown. */
  order: number[];
}

/**
 * Draw `count` questions, stratified by objective: each objective appears as evenly as its questions allow, and inside
 * an objective questions in `avoid` come only when the others are used up.
 */
export function draw(
  questions: readonly Drawable[],
  count: number,
  seed: number,
  avoid: readonly string[],
): DrawnQuestion[] {
  const groups = new Map<string, Drawable[]>();
  for (const question of questions) {
    const group = groups.get(question.objective);
    if (group === undefined) groups.set(question.objective, [question]);
    else group.push(question);
  }
  const queues = stream(seed, "objectives")
    .shuffled([...groups.keys()])
    .map((objective) => {
      const shuffled = stream(seed, `draw:${objective}`).shuffled(groups.get(objective) ?? []);
      const fresh = shuffled.filter(({ id }) => !avoid.includes(id));
      const seen = shuffled.filter(({ id }) => avoid.includes(id));
      return [...fresh, ...seen];
    });

  const taken: Drawable[] = [];
  const wanted = Math.min(count, questions.length);
  for (let round = 0; taken.length < wanted; round += 1)
    for (const queue of queues) {
      const question = queue[round];
      if (question !== undefined && taken.length < wanted) taken.push(question);
    }
  return stream(seed, "order")
    .shuffled(taken)
    .map((question) => ({ id: question.id, order: choiceOrder(question, seed) }));
}

function choiceOrder({ id, choices, ordered }: Drawable, seed: number): number[] {
  const indexes = Array.from({ length: choices }, (_, index) => index);
  const order = stream(seed, `choices:${id}`).shuffled(indexes);
  const solved = order.every((value, index) => value === index);
  return ordered && solved && choices > 1 ? [...order.slice(1), order[0] as number] : order;
}
