import { expect, test } from 'vitest';
import { estimateBody, estimateInput } from '../../../shared/accounting/limits/estimate.ts';

test('a text is a quarter of its bytes, names of members included', () => {
  expect(estimateInput({ text: 'x'.repeat(396) })).toBe(100);
  expect(estimateInput({ text: '好'.repeat(132) })).toBe(100);
});

test('a long text without spaces is a text wherever a text stands, whatever it looks like', () => {
  const long = ['a'.repeat(40_000), 'QUJD'.repeat(10_000), `data:image/png;base64,${'A'.repeat(39_978)}`];
  for (const text of long) {
    expect(estimateInput([text])).toBe(10_000);
    for (const body of [
      { messages: [{ role: 'user', content: text }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
      { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text', data: text } }] }] },
      { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text/base64', data: text } }] }] },
      { input: text },
      { input: [text] },
      { system: text, instructions: text, data: text, result: text },
    ])
      expect(estimateInput(body)).toBeGreaterThanOrEqual(10_000);
  }
  expect(estimateInput('好'.repeat(4_000))).toBe(3_000);
});

test('arguments and schemas are texts throughout, also where a member is called as media are', () => {
  const url = `data:image/png;base64,${'A'.repeat(39_978)}`;
  const source = { type: 'base64', data: 'A'.repeat(40_000) };
  for (const free of [{ url }, { content: [{ source }] }, { signature: url }, { deep: [{ url }] }]) {
    for (const body of [
      { content: [{ type: 'tool_use', input: free }] },
      { tools: [{ input_schema: free }, { function: { parameters: { default: free } } }] },
    ])
      expect(estimateInput(body)).toBeGreaterThanOrEqual(10_000);
  }
});

test('media stand among the input of a conversation as they do among its contents', () => {
  const image = { type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(400_000)}` };
  expect(estimateInput({ input: [{ role: 'user', content: [image] }] })).toBe(1_511);
  expect(estimateInput({ input: [image, image] })).toBe(3_014);
});

test('a text that quotes the beginning of a picture is a text', () => {
  expect(estimateInput('See data:image/png;base64,AA')).toBe(7);
  expect(estimateInput({ url: 'See data:image/png;base64,AA' })).toBe(8);
});

test('a number is a token, and what is neither text nor number nor a list of them is nothing', () => {
  expect(estimateInput([1, 20, 300_000])).toBe(3);
  expect(estimateInput([true, false, null, undefined])).toBe(0);
  expect(estimateInput(undefined)).toBe(0);
});

test('a body that is nested deeply or holds nothing is read all the same', () => {
  let deep: unknown = 'text';
  for (let level = 0; level < 50_000; level += 1) deep = [deep];
  expect(estimateInput(deep)).toBe(1);
  expect(estimateInput(null)).toBe(0);
});

test('each file of a form is a piece of media, whatever its size', () => {
  const part = { name: 'file', start: 0, end: 9_000_000 };
  const parts = [true, true, false].map((isFile) => ({ ...part, isFile }));
  const value = { prompt: 'x'.repeat(394) };
  expect(estimateBody({ value, form: { boundary: 'b', parts } })).toBe(3_100);
  expect(estimateBody({ value })).toBe(100);
});

test('a call and its result cost what they say, in the words of any vendor', () => {
  const url = `data:image/png;base64,${'A'.repeat(39_978)}`;
  for (const name of ['args', 'response', 'parametersJsonSchema'])
    expect(estimateInput({ [name]: { url } })).toBeGreaterThanOrEqual(10_000);
});
