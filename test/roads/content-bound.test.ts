import { expect, it } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { contentBound } from '../../shared/roads/content-bound.ts';

const text = (length: number): ChatEvent => ({ type: 'text', text: 'a'.repeat(length) });
const over = { kind: 'upstream', message: expect.stringContaining('`limits.streamBytes`') };

it('lets pass as much as the bound, and fails at a byte more', () => {
  const check = contentBound(100);
  check([text(60), text(40)]);
  expect(() => check([text(1)])).toThrow(expect.objectContaining(over));
});

it('counts bytes, not characters', () => {
  expect(() => contentBound(100)([{ type: 'thinking', text: '日'.repeat(34) }])).toThrow(expect.objectContaining(over));
});

it.each<[string, ChatEvent, number]>([
  ['of one character', text(1), 17],
  ['of a call', { type: 'tool-call', index: 0, id: 'call_1', name: 'get' }, 500],
  ['of an image', { type: 'media', media: 'image', mediaType: 'image/png', data: 'a'.repeat(200) }, 99],
  ['of a signature', { type: 'signature', signature: { issuer: 'x', value: 'a'.repeat(90) } }, 89],
])('counts what an event %s takes in memory', (_, event, most) => {
  expect(() => contentBound(most)([event, event])).toThrow(expect.objectContaining(over));
});

it('does not count what is not kept as content', () => {
  contentBound(100)(Array.from({ length: 6 }, () => ({ type: 'usage', usage: { input: 1, output: 1 } }) as const));
});
