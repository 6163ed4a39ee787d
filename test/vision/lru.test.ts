import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLru } from '../../shared/async/lru.ts';

const day = 86_400_000;

test('what was not used for longest is forgotten first', () => {
  const memory = createLru<number>({ maxEntries: 2, maxBytes: 1000, time: { now: () => 0 } });
  const size = { bytes: 1, until: day };
  memory.set('a', 1, size);
  memory.set('b', 2, size);
  expect(memory.get('a')).toBe(1);
  memory.set('c', 3, size);
  expect(['a', 'b', 'c'].map(memory.get)).toEqual([1, undefined, 3]);
});

test('nothing is told after its time, and its room is free then', () => {
  let now = 0;
  const memory = createLru<string>({ maxEntries: 9, maxBytes: 1000, time: { now: () => now } });
  memory.set('a', 'x', { bytes: 10, until: 1000 });
  now = 999;
  expect(memory.get('a')).toBe('x');
  now = 1000;
  expect(memory.get('a')).toBeUndefined();
  expect(memory.size()).toEqual({ entries: 0, bytes: 0 });
});

test('what would not fit at all takes the place of nothing but its own older self', () => {
  const memory = createLru<string>({ maxEntries: 9, maxBytes: 100, time: { now: () => 0 } });
  memory.set('a', 'x', { bytes: 60, until: day });
  memory.set('b', 'y', { bytes: 40, until: day });
  memory.set('b', 'huge', { bytes: 101, until: day });
  expect(memory.get('a')).toBe('x');
  expect(memory.get('b')).toBeUndefined();
});

test('a beginning clears all keys that have it', () => {
  const memory = createLru<number>({ maxEntries: 9, maxBytes: 100, time: { now: () => 0 } });
  for (const key of ['a.1', 'a.2', 'b.1']) memory.set(key, 1, { bytes: 1, until: day });
  memory.clear('a.');
  expect(memory.size()).toEqual({ entries: 1, bytes: 1 });
});

test('whatever is done to it, both bounds hold and the bytes are those of what it holds', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    bytes: fc.integer({ min: 0, max: 60 }),
    what: fc.constantFrom('set', 'get', 'delete'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = createLru<number>({ maxEntries: 3, maxBytes: 100, time: { now: () => 0 } });
      for (const { key, bytes, what } of steps) {
        if (what === 'set') memory.set(key, bytes, { bytes, until: day });
        else if (what === 'get') memory.get(key);
        else memory.delete(key);
        const { entries, bytes: total } = memory.size();
        expect(entries).toBeLessThanOrEqual(3);
        expect(total).toBeLessThanOrEqual(100);
      }
      const held = ['a', 'b', 'c', 'd', 'e'].flatMap((key) => memory.get(key) ?? []);
      expect(memory.size()).toEqual({ entries: held.length, bytes: held.reduce((sum, bytes) => sum + bytes, 0) });
    }),
    { numRuns: 200 },
  );
});
