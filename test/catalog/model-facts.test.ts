import { expect, test } from 'vitest';
import { readFacts } from '../../shared/catalog/model-facts.ts';

const row = { contextLength: 400, sees: true };

test('the table of models is read when it is first asked for, and once', () => {
  let reads = 0;
  const facts = readFacts(
    () => {
      reads++;
      return { 'p/m': row };
    },
    () => expect.unreachable(),
  );
  expect(reads).toBe(0);
  expect([facts(), facts()]).toEqual([{ 'p/m': row }, { 'p/m': row }]);
  expect(reads).toBe(1);
});

test.each<[string, () => unknown]>([
  [
    'is not there',
    () => {
      throw new Error('ENOENT');
    },
  ],
  ['is no table', () => ({ 'p/m': { contextLength: '400' } })],
])('a table that %s is an empty one, and is told of once', (_, read) => {
  const failures: unknown[] = [];
  const facts = readFacts(read, (cause) => failures.push(cause));
  expect([facts(), facts()]).toEqual([{}, {}]);
  expect(failures).toEqual([expect.any(Error)]);
});
