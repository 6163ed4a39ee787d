/** The longest names that are compared: the work is the product of both lengths. */
const LONGEST = 80;

/** The `most` names that are most like a mistyped one, the nearest first. */
export function nearest(name: string, known: readonly string[], most: number): string[] {
  const ranked = known.map((other) => ({ other, distance: distanceOf(name, other) }));
  return ranked
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ other }) => other);
}

/** ` (did you mean 'models'?)` where one of the known names is like it: a third of its letters may differ. */
export function didYouMean(name: string, known: readonly string[]): string {
  const [found] = nearest(name, known, 1);
  if (found === undefined || distanceOf(name, found) > Math.max(1, Math.floor(found.length / 3))) return '';
  return ` (did you mean '${found}'?)`;
}

/** How many letters are put in, left out, replaced or swapped with the next; capitals count as small letters. */
function distanceOf(name: string, other: string): number {
  const [a, b] = [name, other].map((text) => text.slice(0, LONGEST).toLowerCase()) as [string, string];
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        last[column]! + 1,
        next[column - 1]! + 1,
        last[column - 1]! + differs,
        isSwapped ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, next];
  }
  return last[b.length]!;
}
