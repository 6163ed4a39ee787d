import { expect, test } from 'vitest';
import { rowsOfCatalogue } from '../../../infra/models/read-catalogue.ts';

const model = (fields: object = {}) => ({
  id: 'm',
  name: 'M 5 (latest)',
  reasoning: true,
  tool_call: true,
  modalities: { input: ['text', 'image'], output: ['text'] },
  limit: { context: 400, input: 300, output: 100 },
  ...fields,
});
const catalogue = (models: object, seller = 'openai') => JSON.stringify({ [seller]: { models }, stranger: { models } });

test("a catalogue's models of our presets' sellers become rows, sorted, named without what will change", () => {
  const poor = model({
    name: 'Tab\tname',
    reasoning: false,
    tool_call: false,
    modalities: { input: ['text'], output: [] },
  });
  expect(rowsOfCatalogue(catalogue({ m: model(), a: { ...poor, limit: { context: 200, output: 0 } } }))).toEqual([
    'openai\ta\tTab name\t200\t-\t-\ttext',
    'openai\tm\tM 5\t400\t300\t100\tsees tools thinks',
  ]);
});

test('a model without a context length is left out', () => {
  expect(rowsOfCatalogue(catalogue({ m: model({ limit: { context: 0, output: 0 } }) }))).toEqual([]);
});

test('a file of another kind is refused', () => {
  expect(() => rowsOfCatalogue('{"data":[]}')).toThrow();
  expect(() => rowsOfCatalogue('{}')).toThrow('this is not https://models.dev/api.json');
});
