import fc from 'fast-check';
import type { Message, ToolCallPart } from '../../shared/chat/request.ts';

export const text = (words: string) => ({ type: 'text' as const, text: words });
export const user = (words: string): Message => ({ role: 'user', parts: [text(words)] });
export const call = (id: string): ToolCallPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' });
export const calling = (...ids: string[]): Message => ({ role: 'assistant', parts: ids.map(call) });
export const results = (...received: [id: string, words: string][]): Message => ({
  role: 'tool',
  results: received.map(([callId, words]) => ({ callId, parts: [text(words)] })),
});

/** Any order of roles, with few ids, so that results miss, repeat and cross. */
export const anyMessages: fc.Arbitrary<Message[]> = fc.array(
  fc.oneof(
    fc.constantFrom('', 'u', ' ').map(user),
    fc.constant<Message>({ role: 'system', parts: [text('s')] }),
    fc.constant<Message>({ role: 'assistant', parts: [text('a')] }),
    fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 3 }).map((ids) => calling(...ids)),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '', 'ghost'), fc.constantFrom('x', 'y', '')), {
        minLength: 1,
        maxLength: 3,
      })
      .map((received) => results(...received)),
  ),
  { maxLength: 12 },
);
