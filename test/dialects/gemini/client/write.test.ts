import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../shared/chat/events.ts';
import { type ChatReply, collectReply, replayReply } from '../../../../shared/chat/reply.ts';
import type { Signature } from '../../../../shared/chat/request.ts';
import { geminiClient } from '../../../../shared/dialects/gemini/client/dialect.ts';
import { readSignature, writeSignature } from '../../../../shared/dialects/gemini/client/signatures.ts';
import type { GeminiGlance } from '../../../../shared/dialects/gemini/glance.ts';
import { GatewayError } from '../../../../shared/errors.ts';
import { isJsonObject, type JsonObject } from '../../../../shared/http/json.ts';
import { readBytes } from '../wire.ts';

const shows = { generation_config: { thinking_config: { include_thoughts: true } } };
const contextOf = (request: JsonObject = {}) => ({ id: 'abc', model: 'm', now: 1, request });
const glance = { isList: false } as GeminiGlance;
const start: ChatEvent = { type: 'start', id: 'r1', model: 'gpt' };
const finish: ChatEvent = { type: 'finish', reason: 'stop' };

function written(events: ChatEvent[], { request = {}, isList = false } = {}): string {
  const writer = geminiClient.streamWriter({ ...glance, isList }, contextOf(request));
  return events.map((event) => writer.write(event)).join('') + writer.end();
}
const chunksOf = (events: ChatEvent[], request: JsonObject = {}) =>
  written(events, { request })
    .trim()
    .split('\n\n')
    .map((text) => JSON.parse(text.slice('data: '.length)));
const partsOf = (events: ChatEvent[], request: JsonObject = {}) =>
  chunksOf(events, request).flatMap(({ candidates }) => candidates[0].content.parts);

describe('a stream', () => {
  test('gives text as it comes, and the reason with the counts at its end', () => {
    const usage = { input: 10, output: 7, reasoning: 3, cacheRead: 4 };
    const events: ChatEvent[] = [start, { type: 'text', text: 'Hi' }, { type: 'usage', usage }, finish];
    expect(chunksOf(events)).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }],
        modelVersion: 'gpt',
        responseId: 'r1',
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
        usageMetadata: {
          ...{ promptTokenCount: 10, candidatesTokenCount: 4, totalTokenCount: 17 },
          ...{ thoughtsTokenCount: 3, cachedContentTokenCount: 4 },
        },
        modelVersion: 'gpt',
        responseId: 'r1',
      },
    ]);
  });

  test('holds calls until each is whole, however their arguments come mixed', () => {
    const call = (index: number): ChatEvent => ({ type: 'tool-call', index, id: `c${index}`, name: `f${index}` });
    const piece = (index: number, text: string): ChatEvent => ({ type: 'tool-arguments', index, text });
    const events = [
      start,
      call(0),
      piece(0, '{"a":'),
      call(1),
      piece(1, '{}'),
      piece(0, '1234567890123456789}'),
      finish,
    ];
    expect(chunksOf(events).length).toBe(1);
    expect(written(events)).toContain('{"id":"c0","name":"f0","args":{"a":1234567890123456789}}');
    expect(partsOf(events)[1]).toEqual({ functionCall: { id: 'c1', name: 'f1', args: {} } });
  });

  test.each([
    ['', {}],
    ['nonsense', { _raw: 'nonsense' }],
    ['null', {}],
  ])('has arguments %j as an object', (text, args) => {
    const call: ChatEvent = { type: 'tool-call', index: 0, id: 'c', name: 'f' };
    const parts = partsOf([start, call, { type: 'tool-arguments', index: 0, text }, finish]);
    expect(parts).toEqual([{ functionCall: { id: 'c', name: 'f', args } }]);
  });

  test('shows thinking only where the caller asked to see it, and carries it before a call either way', () => {
    const signature: Signature = { issuer: 'anthropic', value: 'sig' };
    const events: ChatEvent[] = [
      ...([
        start,
        { type: 'thinking', text: 'a' },
        { type: 'thinking', text: 'b' },
        { type: 'signature', signature },
      ] as ChatEvent[]),
      { type: 'tool-call', index: 0, id: 'c', name: 'f' },
      finish,
    ];
    for (const request of [{}, shows]) {
      const parts = partsOf(events, request);
      const shown = parts.filter(({ thought }: JsonObject) => thought).map(({ text }: JsonObject) => text);
      expect(shown).toEqual(request === shows ? ['a', 'b'] : []);
      const { thinking } = readSignature(parts.at(-1).thoughtSignature);
      expect(thinking).toEqual([{ type: 'thinking', text: 'ab', signature }]);
    }
  });

  test('without anything said is one empty text', () => {
    expect(partsOf([start, { type: 'finish', reason: 'refused' }])).toEqual([{ text: '' }]);
    expect(chunksOf([start, { type: 'finish', reason: 'refused' }])[0].candidates[0].finishReason).toBe('SAFETY');
  });

  test('of several answers ends all of them in one chunk', () => {
    const events: ChatEvent[] = [
      start,
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', choice: 1 },
      finish,
      { type: 'finish', reason: 'length', choice: 1 },
    ];
    const last = chunksOf(events).at(-1);
    expect(last.candidates.map(({ finishReason }: JsonObject) => finishReason)).toEqual(['STOP', 'MAX_TOKENS']);
  });

  test('counts the places of citations in bytes', () => {
    const citation = { url: 'https://a', start: 1, end: 2 };
    const chunks = chunksOf([start, { type: 'text', text: 'äö' }, { type: 'citation', citation }, finish]);
    expect(chunks[1].candidates[0].citationMetadata).toEqual({
      citationSources: [{ startIndex: 2, endIndex: 4, uri: 'https://a' }],
    });
  });

  test('as a list is one JSON text, also where it ends with an error', () => {
    const events: ChatEvent[] = [start, { type: 'text', text: 'a' }, finish];
    expect(JSON.parse(written(events, { isList: true }))).toMatchObject([
      {},
      { candidates: [{ finishReason: 'STOP' }] },
    ]);
    const lists = geminiClient.at!({ path: '/v1beta/models/m:streamGenerateContent', query: '' });
    const error = new GatewayError('timeout', 'late');
    const begun = { first: Buffer.from('['), last: Buffer.from('[') };
    expect(JSON.parse(`[{}${lists.errorEvent(error, 'r', begun)}`)[1]).toMatchObject({
      error: { code: 504, status: 'DEADLINE_EXCEEDED' },
    });
    expect(JSON.parse(lists.keepAlive + lists.errorEvent(error, 'r'))).toMatchObject([{ error: { message: 'late' } }]);
    const events2 = geminiClient.at!({ path: '', query: 'alt=sse' });
    expect(events2.errorEvent(error, 'r')).toMatch(/^data: \{"error":.*\n\n$/);
  });
});

describe('what is written', () => {
  const text = fc.string({ minLength: 1, maxLength: 8 });
  const signature = fc.option(
    text.map((value) => ({ issuer: 'gemini', value })),
    { nil: undefined },
  );
  const part = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text, signature }),
    fc.record({
      type: fc.constant('thinking' as const),
      text,
      signature: text.map((value) => ({ issuer: 'gemini', value })),
    }),
    fc.record({
      type: fc.constant('tool-call' as const),
      id: fc.uuid(),
      name: text,
      arguments: fc.dictionary(fc.string(), fc.integer()).map((value) => JSON.stringify(value)),
      signature,
    }),
  );

  test('is read back as what it was by a reader of Gemini, streamed and whole', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const plain = parts.map((each) => (each.signature ? each : { ...each, signature: undefined }));
        const reply = {
          id: 'r',
          model: 'm',
          choices: [{ parts: plain, finish: 'stop' }],
          usage: { input: 3, output: 2 },
        } as ChatReply;
        const whole = geminiClient.writeReply(reply, contextOf(shows));
        const again = (bytes: string) => collectReply(readBytes(Buffer.from(bytes)));
        const one = again(`data: ${JSON.stringify(whole)}\n\n`);
        const many = again(written(replayReply(reply), { request: shows }));
        expect(many.choices[0]?.parts).toEqual(one.choices[0]?.parts);
        const callsOf = ({ choices }: ChatReply) =>
          choices[0]?.parts.flatMap((each) =>
            each.type === 'tool-call' ? [[each.name, each.arguments, each.signature]] : [],
          );
        expect(callsOf(one)).toEqual(callsOf(reply));
        expect(one.usage).toMatchObject({ input: 3, output: 2 });
      }),
    );
  });
});

describe('a signature', () => {
  const thinking = fc.record(
    {
      type: fc.constant('thinking' as const),
      text: fc.string({ unit: 'grapheme' }),
      signature: fc.record({
        issuer: fc.constantFrom('anthropic', 'openai'),
        value: fc.string(),
        id: fc.string({ minLength: 1 }),
      }),
      redacted: fc.constant(true as const),
    },
    { requiredKeys: ['type', 'text'] },
  );

  test('of another vendor comes back as it went, in base64 of either alphabet', () => {
    fc.assert(
      fc.property(fc.array(thinking, { minLength: 1, maxLength: 3 }), fc.boolean(), (parts, isUrlSafe) => {
        const value = writeSignature({ thinking: parts })!;
        expect(value).toMatch(/^[A-Za-z0-9+/]+=*$/);
        const back = isUrlSafe ? value.replaceAll('+', '-').replaceAll('/', '_') : value;
        expect(readSignature(back)).toEqual({ thinking: parts });
      }),
    );
  });

  test('of Google’s own is left as it is, and needs none where there is nothing to say', () => {
    expect(writeSignature({ thinking: [], signature: { issuer: 'gemini', value: 'x' } })).toBe('x');
    expect(writeSignature({ thinking: [] })).toBeUndefined();
  });

  test.each([
    'c2x1aWNl',
    'c2x1aWNlnonsense',
    Buffer.from('sluice{"thinking":[1,{}],"signature":3}').toString('base64'),
  ])('that was cut or made up (%s) is nobody’s', (value) => {
    const read = readSignature(value);
    expect(read.signature).toBeUndefined();
    expect(read.thinking.every(isJsonObject)).toBe(true);
  });
});
