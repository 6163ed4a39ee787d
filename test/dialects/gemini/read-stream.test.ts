import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { unheld } from './held.ts';
import { chunk, context, hello, last, readBytes, readStream, sse, streamed, twoCalls, withMemo } from './wire.ts';

const start = { type: 'start', id: 'resp-1', model: 'gemini-3-flash', created: 1_700_000_000 };

describe('a stream of Gemini', () => {
  test('text comes as it is sent, the end after all of it', () => {
    const events = readStream(hello);
    expect(events[0]).toEqual(start);
    expect(events.filter(({ type }) => type === 'text')).toEqual([
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo 世界 🌍' },
      { type: 'text', text: '!' },
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  });

  test('#1 #2 #4 the same bytes cut anywhere, with CRLF line ends, give the same events', () => {
    for (const chunks of [hello, twoCalls]) {
      const bytes = sse(...chunks);
      const whole = readBytes(bytes);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
          expect(readBytes(bytes, cuts)).toEqual(whole);
        }),
        { numRuns: 100 },
      );
      const everywhere = Array.from(bytes.keys());
      expect(readBytes(bytes, everywhere)).toEqual(whole);
    }
  });

  test('#26 STOP after calls is read as calls, so that agents go on', () => {
    const reply = streamed(twoCalls);
    expect(reply.choices[0]?.finish).toBe('tool-calls');
    expect(readStream([last([{ functionCall: { name: 'now' } }], 'MAX_TOKENS')]).at(-1)).toMatchObject({
      reason: 'length',
    });
  });

  test('parallel calls without ids get ids of their own; #79 only the first of them keeps the signature it came with', () => {
    const parts = streamed(twoCalls).choices[0]?.parts;
    expect(parts).toEqual([
      { type: 'thinking', text: 'I look it up.' },
      {
        type: 'tool-call',
        id: 'call_abc_0',
        name: 'weather',
        arguments: '{"city":"Paris"}',
        signature: { issuer: 'gemini', value: 'c2VhbA==' },
      },
      { type: 'tool-call', id: 'call_abc_1', name: 'weather', arguments: '{"city":"Rome"}' },
    ]);
  });

  test('#76 an id of Gemini is kept, recognisably; an empty or repeated one is replaced', () => {
    const call = (id: string) => ({ functionCall: { id, name: 'now', args: {} } });
    const { parts } = streamed([last([call('fc-1'), call(''), call('fc-1')])]).choices[0]!;
    expect(parts.map((part) => part.type === 'tool-call' && part.id)).toEqual([
      'gemini_fc-1',
      'call_abc_1',
      'call_abc_2',
    ]);
  });

  test('#17 a call without arguments has none, as JSON', () => {
    for (const args of [undefined, null, {}]) {
      const { parts } = streamed([last([{ functionCall: { name: 'now', args } }])]).choices[0]!;
      expect(parts).toMatchObject([{ name: 'now', arguments: '{}' }]);
    }
  });

  test('#60 integers beyond 2^53 in arguments keep their digits, streamed and whole', () => {
    const text = JSON.stringify(last([{ functionCall: { name: 'get', args: { id: 'X' } } }]));
    const bytes = Buffer.from(`data: ${text.replace('"X"', '1917043659912705296')}\r\n\r\n`);
    const reply = collectReply(readBytes(bytes));
    expect(reply.choices[0]?.parts).toMatchObject([{ arguments: '{"id":1917043659912705296}' }]);
  });

  test('#79 a signature on a text, or on an empty text at the end, stays on that part', () => {
    const { parts } = streamed([
      chunk([{ text: 'Hello' }]),
      chunk([{ text: ' you', thoughtSignature: 'b25l' }]),
      last([{ text: '', thoughtSignature: 'dHdv' }]),
    ]).choices[0]!;
    expect(parts).toEqual([
      { type: 'text', text: 'Hello' },
      { type: 'text', text: ' you', signature: { issuer: 'gemini', value: 'b25l' } },
      { type: 'text', text: '', signature: { issuer: 'gemini', value: 'dHdv' } },
    ]);
  });

  test('#25 #71 names are turned back to what the caller knows; an unknown name passes unchanged', () => {
    const memo = withMemo({ toolNames: new Map([['_etc_1f', 'weather in 世界']]) });
    const { parts } = streamed(
      [last([{ functionCall: { name: '_etc_1f' } }, { functionCall: { name: 'made_up' } }])],
      memo,
    ).choices[0]!;
    expect(parts).toMatchObject([{ name: 'weather in 世界' }, { name: 'made_up' }]);
  });

  test('a tool of free text is called with its text', () => {
    const memo = withMemo({ customTools: new Set(['shell']) });
    const { parts } = streamed([last([{ functionCall: { name: 'shell', args: { input: 'ls\n-l' } } }])], memo)
      .choices[0]!;
    expect(parts).toMatchObject([{ type: 'tool-call', kind: 'custom', arguments: 'ls\n-l' }]);
  });

  test('#75 the call of the tool that stands for a schema is the answer itself', () => {
    const memo = withMemo({ formatTool: 'json' });
    expect(streamed([last([{ functionCall: { name: 'json', args: { a: 1 } } }])], memo).choices[0]).toEqual({
      parts: [{ type: 'text', text: '{"a":1}' }],
      finish: 'stop',
    });
  });

  test('an image that the model makes comes as media, a sketch of its thinking does not', () => {
    const inlineData = { mimeType: 'image/png', data: 'iVBORw==' };
    const events = readStream([last([{ inlineData, thought: true }, { inlineData }])]);
    expect(events.filter(({ type }) => type === 'media')).toEqual([
      { type: 'media', media: 'image', mediaType: 'image/png', data: 'iVBORw==' },
    ]);
  });

  test('several answers keep apart by their index', () => {
    const candidate = (index: number, text: string) => ({
      index,
      content: { parts: [{ text }] },
      finishReason: 'STOP',
    });
    const reply = streamed([{ candidates: [candidate(1, 'b'), candidate(0, 'a')] }]);
    expect(reply.choices.map(({ parts }) => parts)).toEqual([
      [{ type: 'text', text: 'a' }],
      [{ type: 'text', text: 'b' }],
    ]);
  });

  test('citations point at UTF-16 units, where Gemini counts bytes, and are emitted once though repeated', () => {
    const citationMetadata = { citationSources: [{ startIndex: 6, endIndex: 11, uri: 'https://example.com/a' }] };
    const { parts } = streamed([
      chunk([{ text: '世界 quote' }], { citationMetadata: {} }),
      chunk([{ text: ' on' }], { citationMetadata }),
      chunk([{ text: '.' }], { citationMetadata, finishReason: 'STOP' }),
    ]).choices[0]!;
    expect(parts).toMatchObject([{ citations: [{ url: 'https://example.com/a', start: 2, end: 7 }] }]);
  });

  test('log probabilities come in the form callers know', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'Hi', logProbability: -0.5 }],
      topCandidates: [
        {
          candidates: [
            { token: 'Hi', logProbability: -0.5 },
            { token: 'Ho', logProbability: -1 },
          ],
        },
      ],
    };
    const { logprobs } = streamed([chunk([{ text: 'Hi' }], { logprobsResult, finishReason: 'STOP' })]).choices[0]!;
    expect(logprobs).toEqual({
      content: [
        {
          token: 'Hi',
          logprob: -0.5,
          bytes: [72, 105],
          top_logprobs: [
            { token: 'Hi', logprob: -0.5, bytes: [72, 105] },
            { token: 'Ho', logprob: -1, bytes: [72, 111] },
          ],
        },
      ],
      refusal: null,
    });
  });
});

test('#24 whatever JSON comes, reading it neither crashes nor gives a stream that is not well-formed', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.boolean(), (values, wrapped) => {
      const reader = unheld.streamReader(context);
      const given = values.flatMap((value) => {
        const data = JSON.stringify(
          wrapped ? { candidates: [{ content: { parts: [value] }, finishReason: value }] } : value,
        );
        try {
          return reader.read({ data });
        } catch (thrown) {
          expect(thrown).toMatchObject({ kind: 'upstream' });
          return [];
        }
      });
      const events = [...given, ...reader.end()];
      expect(events.filter(({ type }) => type === 'start').length).toBeLessThanOrEqual(1);
      expect(['finish', 'error']).toContain(events.at(-1)?.type);
    }),
    { numRuns: 150 },
  );
});
