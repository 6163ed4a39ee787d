import { isRefusal, type Refusal } from '../errors.ts';

/**
 * Calls for each item, at most so many at once, and gives the answers in the order of the items. After a refusal no further
 * call is begun, and the refusal is the answer to all.
 */
export async function inParallel<Item, Answer extends object>(
  items: readonly Item[],
  atOnce: number,
  call: (item: Item) => Promise<Answer | Refusal>,
): Promise<Answer[] | Refusal> {
  const answers: Answer[] = [];
  let refusal: Refusal | undefined;
  let next = 0;

  async function work(): Promise<void> {
    while (next < items.length && !refusal) {
      const position = next;
      next += 1;
      const answer = await call(items[position]!);
      if (isRefusal(answer)) refusal ??= answer;
      else answers[position] = answer;
    }
  }

  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return refusal ?? answers;
}
