import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AssistantPart, ChatRequest, Message, UserPart } from '../../../shared/chat/request.ts';
import { anthropicClient } from '../../../shared/dialects/anthropic/client/dialect.ts';
import { anthropic } from '../../../shared/dialects/anthropic/provider/dialect.ts';
import { readJsonBody } from '../../../shared/http/json.ts';

const word = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => text.trim() !== '' && text.isWellFormed())
  .map((text) => `${text}.`);
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';
const maybe = <Value extends object>(value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined }).map((given) => given ?? {});
const cache = maybe(fc.constant({ cache: { ttl: '1h' } }));
const json = fc
  .dictionary(
    fc.string().filter((key) => key !== '__proto__' && key.isWellFormed()),
    fc.oneof(fc.integer(), word, fc.constant(null)),
    { maxKeys: 3 },
  )
  .map((value) => JSON.stringify(value));

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: word }),
  fc.constant({ type: 'image' as const, source: { type: 'data' as const, mediaType: 'image/png', data: png } }),
  fc.constant({ type: 'image' as const, source: { type: 'url' as const, url: 'https://a.example/x.png' } }),
);
const said: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: word }),
  word.map((value) => ({ type: 'thinking' as const, text: value, signature: { issuer: 'anthropic', value } })),
  word.map((value) => ({
    type: 'thinking' as const,
    text: '',
    redacted: true,
    signature: { issuer: 'anthropic', value },
  })),
);

/** Turns in order, as any vendor takes them: the user, the assistant with calls, their results and the user’s next words. */
const conversation = fc
  .record({
    system: fc.array(word, { maxLength: 2 }),
    rounds: fc.array(
      fc.record({
        user: fc.array(userPart, { minLength: 1, maxLength: 3 }),
        mark: cache,
        said: fc.array(said, { minLength: 1, maxLength: 3 }),
        calls: fc.array(json, { maxLength: 3 }),
        isError: fc.boolean(),
        result: word,
      }),
      { minLength: 1, maxLength: 3 },
    ),
    last: word,
  })
  .map(({ system, rounds, last }): Message[] => [
    ...(system.length > 0
      ? [{ role: 'system' as const, parts: system.map((text) => ({ type: 'text' as const, text })) }]
      : []),
    ...rounds.flatMap((round, turn): Message[] => {
      const calls = round.calls.map((text, at) => ({
        type: 'tool-call' as const,
        id: `call_${turn}_${at}`,
        name: 'f',
        arguments: text,
      }));
      const results = calls.map(({ id }) => ({
        callId: id,
        parts: [{ type: 'text' as const, text: round.result, ...round.mark }],
        ...(round.isError ? { isError: true } : {}),
      }));
      return [
        { role: 'user', parts: round.user },
        { role: 'assistant', parts: [...round.said, ...calls] },
        ...(results.length > 0 ? [{ role: 'tool' as const, results }] : []),
      ];
    }),
    { role: 'user', parts: [{ type: 'text', text: last }] },
  ]);

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    messages: conversation,
    stream: fc.boolean(),
    fields: maybe(
      fc.record({
        maxTokens: fc.integer({ min: 2000, max: 4096 }),
        topK: fc.integer({ min: 1, max: 50 }),
        stop: fc.constant(['END']),
        endUser: fc.constant('u-1'),
      }),
    ),
  })
  .map(({ messages, stream, fields }) => ({
    model: 'claude-3-opus-20240229',
    messages,
    stream,
    tools: [
      {
        kind: 'function',
        name: 'f',
        description: 'd',
        schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      },
    ],
    toolChoice: { type: 'auto' },
    ...fields,
  }));

/** Places are the reader's own; a bound on tokens is always said. */
const comparable = ({ streamUsage: _, maxTokens: __, ...rest }: ChatRequest): unknown =>
  JSON.parse(JSON.stringify(rest, (name, value) => (name === 'at' ? undefined : value)));

test('what both can say comes back the same from a request written and read', () => {
  fc.assert(
    fc.property(request, (given) => {
      const { body, dropped } = anthropic.writeRequest(given, { model: given.model, traits: {} });
      expect(dropped).toEqual([]);
      const value = readJsonBody(body).value;
      anthropicClient.glance(value);
      const back = anthropicClient.readRequest(value);
      expect(comparable(back)).toEqual(comparable(mergedResults(given)));
      expect(back.maxTokens).toBe(given.maxTokens ?? 4096);
      // Written again, it gives the same bytes: caches of prompts live on that.
      expect(Buffer.from(anthropic.writeRequest(back, { model: given.model, traits: {} }).body).toString()).toBe(
        Buffer.from(body).toString(),
      );
    }),
    { numRuns: 150 },
  );
});

/** More than the marks that fit are taken away by the writer; the expectation is made the same way, in words of its own. */
function mergedResults(given: ChatRequest): ChatRequest {
  const marked = given.messages
    .flatMap((message) => (message.role === 'tool' ? message.results.flatMap(({ parts }) => parts) : []))
    .filter((part) => 'cache' in part);
  const excess = new Set(marked.slice(1, 1 + Math.max(0, marked.length - 4)));
  const messages = given.messages.map((message): Message => {
    if (message.role !== 'tool') return message;
    const results = message.results.map((result) => ({
      ...result,
      parts: result.parts.map((part) => {
        if (!excess.has(part) || part.type !== 'text') return part;
        return { type: part.type, text: part.text };
      }),
    }));
    return { ...message, results };
  });
  return { ...given, messages };
}
