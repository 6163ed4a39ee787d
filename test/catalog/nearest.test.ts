import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../shared/catalog/nearest.ts';

const fields = ['providers', 'models', 'defaultModel', 'closed', 'timeouts', 'cors'];

test.each([
  ['provider', 'providers'],
  ['modles', 'models'],
  ['defaultmodel', 'defaultModel'],
  ['tiemouts', 'timeouts'],
  ['xmodels', 'models'],
  ['core', 'cors'],
])('%s is taken for %s: a letter more, less, other or swapped, or other capitals', (name, meant) => {
  expect(didYouMean(name, fields)).toBe(` (did you mean '${meant}'?)`);
});

test.each(['pricing', 'x', ''])('%j is taken for nothing', (name) => expect(didYouMean(name, fields)).toBe(''));

test('nothing is like anything where nothing is known', () => expect(didYouMean('a', [])).toBe(''));

test('the nearest come first, and no more than are asked for', () => {
  expect(nearest('cord', ['models', 'cores', 'cors', 'closed'], 2)).toEqual(['cors', 'cores']);
});

test('any change of one letter is found', () => {
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.nat(), fc.constantFrom('q', ''), (name, at, letter) => {
      const place = at % name.length;
      const changed = name.slice(0, place) + letter + name.slice(place + 1);
      expect(nearest(changed, fields, 1)).toEqual([name]);
    }),
  );
});

test('a name of a million letters is compared at once', () => {
  expect(nearest('m'.repeat(1_000_000), [...fields, 'm'.repeat(1_000_000)], 1)[0]).toHaveLength(1_000_000);
});
