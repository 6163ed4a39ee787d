import type { Transform } from './transform.ts';

/** A seed folded into the range from 1 to `mostSeed`: the same seed always becomes the same number. */
export const foldedSeed: Transform = {
  name: 'fold-seed',
  wanted: ({ request }, { traits: { mostSeed } }) => mostSeed !== undefined && isOutside(request().seed, mostSeed),
  request({ request }, { traits: { mostSeed = 1 } }) {
    const asked = request();
    const seed = 1 + (Math.abs(Math.trunc(asked.seed ?? 0)) % mostSeed);
    return { request: { ...asked, seed }, changes: { seed: 1 } };
  },
};

const isOutside = (seed: number | undefined, most: number): boolean =>
  seed !== undefined && !(seed >= 1 && seed <= most);
