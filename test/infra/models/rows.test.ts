import { expect, test } from 'vitest';
import { readRows, writeRow } from '../../../infra/models/rows.ts';

test.each([
  {
    displayName: 'A 5',
    contextLength: 400,
    maxInputTokens: 300,
    maxOutputTokens: 100,
    sees: true,
    tools: false,
    thinks: true,
  },
  { displayName: 'A 5', contextLength: 400, sees: false, tools: false, thinks: false },
])('a row is read as it was written', (facts) => {
  expect(readRows(`# a line for people\n${writeRow('s', 'v/m:free', facts)}\n`).get('s/v/m:free')).toEqual(facts);
});

test('a dash is what is not known', () => {
  const [facts] = readRows('s\tm\t-\t200\t-\t-\t-').values();
  expect(JSON.parse(JSON.stringify(facts))).toEqual({ contextLength: 200 });
});
