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

test('what was summed apart is summed together, by model and in total, and the parts stay as they are', () => {
  const [sum, other] = [sumByModel(), sumByModel()];
  const all = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, reasoning: 5 };
  sum.add({ askedModel: 'a', error: 'timeout', lines: lines(all) });
  other.add({ askedModel: 'a', error: 'upstream', lines: lines(all) });
  other.add({ askedModel: 'b', lines: lines({ input: 10, output: 0 }) });
  const before = structuredClone(other.sums());
  sum.addSums(other.sums());
  const { models, total } = sum.sums();
  const twice = { input: 2, output: 4, cacheRead: 6, cacheWrite: 8, reasoning: 10 };
  expect(models).toEqual(
    new Map([
      ['a', { requests: 2, errors: 2, tokens: twice }],
      ['b', before.models.get('b')],
    ]),
  );
  expect(total).toEqual({ requests: 3, errors: 2, tokens: { ...twice, input: 12 } });
  expect(other.sums()).toEqual(before);
});
