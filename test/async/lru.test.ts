import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLru } from '../../shared/async/lru.ts';
import { createFakeTime } from '../support/fake-time.ts';

const day = 86_400_000;

test('what was not used for longest is forgotten first', () => {
  const memory = createLru<number>({ maxEntries: 2, maxBytes: 1000, time: createFakeTime() });
  const size = { bytes: 1, until: day };
  memory.set('a', 1, size);
  memory.set('b', 2, size);
  expect(memory.get('a')).toBe(1);
  memory.set('c', 3, size);
  expect(['a', 'b', 'c'].map(memory.get)).toEqual([1, undefined, 3]);
});

test('a value is gone at the end of its time, and its bytes are free then', async () => {
  const time = createFakeTime();
  const memory = createLru<string>({ maxEntries: 9, maxBytes: 1000, time });
  memory.set('a', 'x', { bytes: 10, until: 1000 });
  await time.advance(999);
  expect(memory.get('a')).toBe('x');
  await time.advance(1);
  expect(memory.get('a')).toBeUndefined();
  expect(memory.size()).toEqual({ entries: 0, bytes: 0 });
});

test('a value too large for the whole memory only removes the older value of its key', () => {
  const memory = createLru<string>({ maxEntries: 9, maxBytes: 100, time: createFakeTime() });
  memory.set('a', 'x', { bytes: 60, until: day });
  memory.set('b', 'y', { bytes: 40, until: day });
  memory.set('b', 'huge', { bytes: 101, until: day });
  expect(memory.get('a')).toBe('x');
  expect(memory.get('b')).toBeUndefined();
});

test('values that fill both bounds exactly all stay; one byte or one entry more removes the oldest', () => {
  const memory = createLru<number>({ maxEntries: 3, maxBytes: 100, time: createFakeTime() });
  memory.set('a', 1, { bytes: 60, until: day });
  memory.set('b', 2, { bytes: 40, until: day });
  expect(memory.size()).toEqual({ entries: 2, bytes: 100 });
  memory.set('c', 3, { bytes: 1, until: day });
  expect(memory.size()).toEqual({ entries: 2, bytes: 41 });
  for (const key of ['d', 'e']) memory.set(key, 4, { bytes: 1, until: day });
  expect(memory.size()).toEqual({ entries: 3, bytes: 3 });
  memory.set('f', 5, { bytes: 100, until: day });
  expect(memory.size()).toEqual({ entries: 1, bytes: 100 });
  expect(memory.get('f')).toBe(5);
});

test('a value set again replaces the older one with its bytes', () => {
  const memory = createLru<number>({ maxEntries: 3, maxBytes: 100, time: createFakeTime() });
  memory.set('a', 1, { bytes: 60, until: day });
  memory.set('a', 2, { bytes: 50, until: day });
  expect(memory.size()).toEqual({ entries: 1, bytes: 50 });
  expect(memory.get('a')).toBe(2);
});

test('a deleted value is gone, and deleting an unknown key changes nothing', () => {
  const memory = createLru<number>({ maxEntries: 3, maxBytes: 100, time: createFakeTime() });
  memory.set('a', 1, { bytes: 60, until: day });
  memory.delete('b');
  expect(memory.get('a')).toBe(1);
  memory.delete('a');
  expect(memory.get('a')).toBeUndefined();
  expect(memory.size()).toEqual({ entries: 0, bytes: 0 });
});

test('clearing a prefix removes the keys that begin with it, and clearing without one removes all', () => {
  const memory = createLru<number>({ maxEntries: 9, maxBytes: 100, time: createFakeTime() });
  for (const key of ['a.1', 'a.2', 'b.1']) memory.set(key, 1, { bytes: 1, until: day });
  memory.clear('a.');
  expect(memory.size()).toEqual({ entries: 1, bytes: 1 });
  expect(memory.get('b.1')).toBe(1);
  memory.clear();
  expect(memory.size()).toEqual({ entries: 0, bytes: 0 });
});

test('whatever is done to it, both bounds hold and the bytes are those of what it holds', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    bytes: fc.integer({ min: 0, max: 60 }),
    what: fc.constantFrom('set', 'get', 'delete'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = createLru<number>({ maxEntries: 3, maxBytes: 100, time: createFakeTime() });
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
