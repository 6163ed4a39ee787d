import { expect, test } from 'vitest';
import { sumByModel } from '../../shared/accounting/own-usage.ts';

const lines = (...usages: object[]): string => JSON.stringify(usages.map((usage) => ({ usage })));

test('records are summed by the model that was asked for, with the tokens of all their attempts', () => {
  const sum = sumByModel();
  sum.add({ askedModel: 'a', lines: lines({ input: 10, output: 1, cacheRead: 4 }, { input: 5, output: 2 }) });
  sum.add({ askedModel: 'a', error: 'timeout', lines: JSON.stringify([{}]) });
  sum.add({ askedModel: 'b', lines: 'no JSON' });
  const { models, total } = sum.sums();
  const tokens = { input: 15, output: 3, cacheRead: 4, cacheWrite: 0, reasoning: 0 };
  expect(models.get('a')).toEqual({ requests: 2, errors: 1, tokens });
  expect(models.get('b')).toMatchObject({ requests: 1, errors: 0 });
  expect(total).toEqual({ requests: 3, errors: 1, tokens });
});

test('rare models beyond a thousand are one line', () => {
  const sum = sumByModel();
  for (let n = 0; n < 1_500; n += 1) sum.add({ askedModel: `m${n}`, lines: '[]' });
  const { models, total } = sum.sums();
  expect([models.size, models.get('(others)')?.requests, total.requests]).toEqual([1_001, 500, 1_500]);
});
