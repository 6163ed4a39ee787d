import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/chat/request.ts';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import { openaiResponses as dialect } from '../../../shared/dialects/openai-responses/provider/dialect.ts';
import { ask } from './asking.ts';

describe('both halves together', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).map((value) => value.toWellFormed());
  const textPart = text.map((value) => ({ type: 'text' as const, text: value }));
  const image = fc.constantFrom(
    { type: 'image' as const, source: { type: 'url' as const, url: 'https://x.example/a.png' }, detail: 'low' },
    {
      type: 'image' as const,
      source: { type: 'data' as const, mediaType: 'image/png', data: 'iVBORw0KGgo=' },
      detail: 'auto',
    },
  );
  const thinking = fc.record({
    type: fc.constant('thinking' as const),
    text,
    signature: fc.record({
      issuer: fc.constant('openai'),
      value: fc.base64String({ minLength: 4 }),
      id: fc.constant('rs_1'),
    }),
  });
  const turn = fc
    .record({
      reasoned: fc.array(thinking, { maxLength: 2 }),
      texts: fc.array(textPart, { minLength: 1, maxLength: 2 }),
      calls: fc.array(fc.json(), { maxLength: 3 }),
      output: fc.array(fc.oneof(textPart, image), { minLength: 1, maxLength: 2 }),
    })
    .map(({ reasoned, texts, calls, output }) => (n: number): Message[] => {
      const called = calls.map((args, index) => ({
        type: 'tool-call' as const,
        id: `c${n}_${index}`,
        name: 'f',
        arguments: args.toWellFormed(),
      }));
      const answer: Message = { role: 'assistant', parts: [...reasoned, ...texts, ...called] };
      if (called.length === 0) return [answer];
      return [answer, { role: 'tool', results: called.map(({ id }) => ({ callId: id, parts: output })) }];
    });
  const user = fc.array(fc.oneof(textPart, image), { minLength: 1, maxLength: 3 });
  const history = fc
    .array(fc.record({ user, turn, system: fc.option(textPart) }), { minLength: 1, maxLength: 3 })
    .map((turns) =>
      turns.flatMap(({ user: parts, turn: answer, system }, n): Message[] => [
        ...(system ? [{ role: 'system' as const, parts: [system] }] : []),
        { role: 'user', parts },
        ...answer(n),
      ]),
    );

  const withoutPlaces = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : inner)));

  test('#59 what is written is read again as it was, and written alike each time', () => {
    fc.assert(
      fc.property(history, (messages) => {
        const request = ask({
          messages,
          maxTokens: 100,
          tools: [{ kind: 'function', name: 'f', schema: { z: 1, a: 2 }, strict: false }],
          toolChoice: { type: 'auto' },
        });
        const { body } = dialect.writeRequest(request, { model: 'alias', traits: {} });
        expect(dialect.writeRequest(structuredClone(request), { model: 'alias', traits: {} }).body).toEqual(body);
        const { native: _, streamUsage: __, ...again } = client.readRequest(JSON.parse(Buffer.from(body).toString()));
        expect(withoutPlaces(again)).toEqual(withoutPlaces(request));
      }),
      { numRuns: 100 },
    );
  });
});
