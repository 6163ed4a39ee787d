import { expect, test } from 'vitest';
import { mediaTokens } from '../../../shared/accounting/limits/media-tokens.ts';

const long = 'A'.repeat(400_000);
const png = `data:image/png;base64,${long}`;
const at = (name: string, value: object) => ({ name, value });

test.each<[string, [string, string, ReturnType<typeof at> | undefined]]>([
  ['by its address', [png, 'url', at('image_url', {})]],
  ['in place of its address', [png, 'image_url', at('', { type: 'input_image' })]],
  ['in a list', [png, 'images', undefined]],
  ['as base64', [long, 'data', at('source', { type: 'base64', media_type: 'image/png' })]],
  ['that is a sound', [long, 'data', at('input_audio', { format: 'wav' })]],
  ['in the words of another vendor', [long, 'data', at('inline_data', {})]],
  ['that was made by a tool', [long, 'result', at('', { type: 'image_generation_call' })]],
])('a picture costs the same whatever its size: %s', (_, [text, name, parent]) => {
  expect(mediaTokens(text, name, parent)).toBe(1_500);
  expect(mediaTokens(text.slice(0, 30), name, parent)).toBe(1_500);
});

test('a document costs by its pages, a text in base64 as a text', () => {
  expect(mediaTokens(`data:application/pdf;base64,${'A'.repeat(740_000)}`, 'file_data', at('file', {}))).toBe(20_000);
  const pdf = at('source', { type: 'base64', media_type: 'application/pdf' });
  expect([mediaTokens('A'.repeat(149_000), 'data', pdf), mediaTokens('AA', 'data', pdf)]).toEqual([4_000, 2_000]);
  const other = (type: string) => mediaTokens(`data:${type};base64,`.padEnd(70_000, 'A'), 'file_data', undefined);
  for (const type of ['application/text/x', 'x/image/y', 'application/json.zip', 'x-text/a', 'x-image/png'])
    expect([type, other(type)]).toEqual([type, type.split('/').length === 3 ? undefined : 2_000]);
  for (const type of [7, ['image/png']])
    expect(mediaTokens('AA', 'data', at('source', { type: 'base64', media_type: type }))).toBe(2_000);
  const docx = 'data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,';
  expect(mediaTokens(docx + 'A'.repeat(70_000), 'file_data', undefined)).toBe(2_000);
  for (const type of ['text/plain', 'application/json', 'application/ld+json'])
    expect(mediaTokens(`data:${type};base64,`.padEnd(16_000, 'A'), 'file_data', undefined)).toBe(3_000);
});

test('thinking that its vendor enciphered costs no more than a picture', () => {
  for (const name of ['signature', 'thought_signature', 'thoughtSignature'])
    expect(mediaTokens('A'.repeat(400), name, undefined)).toBe(100);
  expect(mediaTokens(long, 'encrypted_content', undefined)).toBe(1_500);
  expect(mediaTokens(long, 'data', at('', { type: 'redacted_thinking' }))).toBe(1_500);
});

test.each<[string, [string, string, ReturnType<typeof at> | undefined]]>([
  ['a text', [png, 'text', at('', {})]],
  ['an address', ['https://example.com/a.png', 'url', at('image_url', {})]],
  ['data of another kind', [long, 'data', at('source', { type: 'text' })]],
  ['data of nothing', [long, 'data', undefined]],
  ['another member of a made picture', [long, 'id', at('', { type: 'image_generation_call' })]],
  ['a result of nothing', [long, 'result', undefined]],
  ['the result of another call', [long, 'result', at('', { type: 'function_call_output' })]],
])('%s is no media', (_, [text, name, parent]) => expect(mediaTokens(text, name, parent)).toBeUndefined());
