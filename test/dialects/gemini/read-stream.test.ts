import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { gemini } from '../../../shared/dialects/gemini/dialect.ts';
import {
  chunk,
  context,
  hello,
  last,
  readBytes,
  readStream,
  readWhole,
  sse,
  streamed,
  twoCalls,
  usageMetadata,
  withMemo,
} from './wire.ts';

const start = { type: 'start', id: 'resp-1', model: 'gemini-3-flash', created: 1_700_000_000 };

describe('a stream of Gemini', () => {
  test('text comes as it is told, the end after all of it', () => {
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

  test('#26 STOP after calls is told as calls, so that agents go on', () => {
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

  test('#25 #71 names are turned back to what the caller knows; a name nobody knows passes unchanged', () => {
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

  test('an image that the model makes comes as media, a sketch of its thoughts does not', () => {
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

  test('citations point at UTF-16 units, where Gemini counts bytes, and are told once though repeated', () => {
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

describe('usage', () => {
  const counted = { input: 40, output: 42, cacheRead: 32, reasoning: 30 };

  test('#41 #42 it is the total of the last word on it, thoughts within the output, cached within the input; streamed and whole alike', () => {
    expect(streamed(hello).usage).toEqual(counted);
    expect(readWhole(last([{ text: 'Hello' }])).usage).toEqual(counted);
    expect(counted.input + counted.output).toBe(usageMetadata.totalTokenCount);
  });

  test('#42 a count that only an earlier chunk told still holds', () => {
    const chunks = [
      chunk([{ text: 'a' }], {}, { promptTokenCount: 9, cachedContentTokenCount: 4 }),
      chunk([], { finishReason: 'STOP' }, { promptTokenCount: 9, candidatesTokenCount: 2 }),
    ];
    expect(streamed(chunks).usage).toEqual({ input: 9, output: 2, cacheRead: 4 });
  });

  test('#45 thoughts that the model counts within its answer are counted once; texts and nonsense are read as numbers or nothing', () => {
    const within = { promptTokenCount: 10, candidatesTokenCount: 20, thoughtsTokenCount: 15, totalTokenCount: 30 };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, within)]).usage).toEqual({
      input: 10,
      output: 20,
      reasoning: 15,
    });
    const odd = {
      promptTokenCount: '7',
      candidatesTokenCount: null,
      thoughtsTokenCount: 'x',
      toolUsePromptTokenCount: 3,
    };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, odd)]).usage).toEqual({ input: 10, output: 0 });
    expect(streamed([{ candidates: [{ finishReason: 'STOP' }], usageMetadata: null }]).usage).toBeUndefined();
  });

  test('sound is counted on both sides', () => {
    const usage = {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'AUDIO', tokenCount: 8 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 5 }],
    };
    expect(streamed([chunk([{ text: 'a' }], { finishReason: 'STOP' }, usage)]).usage).toMatchObject({
      audioInput: 8,
      audioOutput: 5,
    });
  });
});

describe('ends of a stream', () => {
  const failure = (chunks: object[]) => {
    const lastEvent = readStream(chunks).at(-1);
    return lastEvent?.type === 'error' ? lastEvent.error : undefined;
  };

  test('#27 a stream that breaks off, and one that is empty, end in an error', () => {
    expect(failure([chunk([{ text: 'Hel' }])])).toMatchObject({ kind: 'upstream' });
    expect(failure([])).toMatchObject({ kind: 'upstream' });
    expect(failure([{ usageMetadata: { promptTokenCount: 1 } }])).toMatchObject({ kind: 'upstream' });
  });

  test('#30 an error within the stream ends it, with the kind it has and none of its secrets', () => {
    const events = readStream([
      chunk([{ text: 'Hel' }]),
      { error: { code: 503, message: 'overloaded, key AIzaSyA1234567890abcdef', status: 'UNAVAILABLE' } },
      last([{ text: 'never' }]),
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'overloaded' } });
    expect(JSON.stringify(events)).not.toContain('AIzaSy');
    expect(JSON.stringify(events)).not.toContain('never');
  });

  test('#38 #39 a filter ends the answer as refused and keeps the text before it', () => {
    for (const reason of [
      'SAFETY',
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'LANGUAGE',
      'IMAGE_SAFETY',
    ]) {
      expect(streamed([chunk([{ text: 'Once' }]), last([], reason)]).choices[0]).toEqual({
        parts: [{ type: 'text', text: 'Once' }],
        finish: 'refused',
      });
    }
  });

  test('#38 a blocked prompt, which has no candidates and status 200, is refused with nothing said', () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 8 } };
    const expected = { choices: [{ parts: [], finish: 'refused' }], usage: { input: 8, output: 0 } };
    expect(streamed([blocked])).toMatchObject(expected);
    expect(readWhole(blocked)).toMatchObject(expected);
  });

  test('#38 unknown reasons are ordinary ends, and an empty answer is an answer', () => {
    expect(streamed([last([], 'A_NEW_WORD')]).choices[0]).toEqual({ parts: [], finish: 'stop' });
    expect(streamed([last([{ text: '' }])]).choices[0]).toEqual({ parts: [], finish: 'stop' });
    expect(streamed([last([{ text: 'a' }], 'constructor')]).choices[0]?.finish).toBe('stop');
  });

  test('a malformed call is a failure where nothing was said, so that another target can be asked, and an end otherwise', () => {
    for (const reason of ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'OTHER', 'MALFORMED_RESPONSE']) {
      expect(failure([last([], reason)])).toMatchObject({ kind: 'upstream' });
      expect(failure([chunk([{ text: 'hm', thought: true }]), last([], reason)])).toMatchObject({ kind: 'upstream' });
      expect(streamed([chunk([{ text: 'So' }]), last([], reason)]).choices[0]?.finish).toBe('stop');
      expect(() => readWhole(last([], reason))).toThrow(/stopped its answer/);
    }
  });

  test('#29 chunks after the one with the reason still count, and the end is told once', () => {
    const events = readStream([chunk([{ text: 'a' }], { finishReason: 'STOP' }), last([{ text: 'b' }])]);
    expect(collectReply(events).choices[0]?.parts).toEqual([{ type: 'text', text: 'ab' }]);
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  });
});

test('#24 whatever JSON comes, reading it neither crashes nor tells a stream that is not well-formed', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.boolean(), (values, wrapped) => {
      const reader = gemini.streamReader(context);
      const told = values.flatMap((value) => {
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
      const events = [...told, ...reader.end()];
      expect(events.filter(({ type }) => type === 'start').length).toBeLessThanOrEqual(1);
      expect(['finish', 'error']).toContain(events.at(-1)?.type);
    }),
    { numRuns: 150 },
  );
});
