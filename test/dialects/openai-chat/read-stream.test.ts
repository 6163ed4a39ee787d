import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply, replayReply } from '../../../shared/chat/reply.ts';
import { openaiChat } from '../../../shared/dialects/openai-chat/dialect.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { chunk, usageChunk } from '../../support/provider.ts';

const context = { id: 'abc123', model: 'asked', now: 1_700_000_000 };

function read(text: string, cuts: readonly number[] = []): ChatEvent[] {
  const reader = openaiChat.streamReader(context);
  const framer = sseFramer();
  const bytes = Buffer.from(text);
  const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const frames = points.slice(1).flatMap((point, index) => framer.push(bytes.subarray(points[index], point)));
  const events = [...frames, ...framer.end()].flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...events, ...reader.end()];
}

const tool = (delta: object): string => chunk({ tool_calls: [delta] });
const done = `${chunk({}, 'tool_calls')}data: [DONE]\n\n`;
const calls = (text: string) =>
  collectReply(read(text)).choices[0]!.parts.flatMap((part) =>
    part.type === 'tool-call' ? [[part.id, part.name, part.arguments]] : [],
  );
const last = (text: string): ChatEvent | undefined => read(text).at(-1);

describe('tool calls in a stream', () => {
  test('#13 parallel calls that all carry index 0 stay apart by their ids', () => {
    const text = [
      tool({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }),
      tool({ index: 0, id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } }),
      tool({ index: 0, id: 'b', function: { arguments: ':2}' } }),
      done,
    ];
    expect(calls(text.join(''))).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{"y":2}'],
    ]);
  });

  test('#13 indexes that start at 1, or are missing, become 0, 1, …', () => {
    const text =
      tool({ index: 1, id: 'a', function: { name: 'f', arguments: '{}' } }) +
      tool({ id: 'b', function: { name: 'g', arguments: '{' } }) +
      tool({ function: { arguments: '}' } }) +
      done;
    const indexes = read(text).flatMap((event) => (event.type === 'tool-call' ? [event.index] : []));
    expect(indexes).toEqual([0, 1]);
    expect(calls(text)).toEqual([
      ['a', 'f', '{}'],
      ['b', 'g', '{}'],
    ]);
  });

  test('#13 parallel calls without ids on one index stay apart when the first is complete', () => {
    const text =
      tool({ index: 0, id: '', function: { name: 'f', arguments: '{"x":1}' } }) +
      tool({ index: 0, id: '', function: { name: 'g', arguments: '{"y":2}' } }) +
      done;
    expect(calls(text)).toEqual([
      ['call_abc123_0', 'f', '{"x":1}'],
      ['call_abc123_1', 'g', '{"y":2}'],
    ]);
  });

  test('#14 an id and a name repeated, or empty, on every delta are one call', () => {
    const again =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }) +
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '"x"' } }) +
      tool({ index: 0, id: '', function: { name: '', arguments: ':1' } }) +
      tool({ index: 0, id: '', function: { name: null, arguments: '}' } });
    expect(calls(again + done)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test('#15 a call whose name comes late is told when the name is there', () => {
    const text =
      tool({ index: 0, id: 'a', function: { arguments: '{"x"' } }) +
      tool({ index: 0, function: { name: 'f', arguments: ':1}' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test('#16 arguments in the chunk of the finish, and after it, are kept', () => {
    const call = tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } });
    const text =
      call +
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':' } }] }, 'tool_calls') +
      tool({ index: 0, function: { arguments: '1}' } }) +
      'data: [DONE]\n\n';
    expect(calls(text)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test.each(['', 'null', '"null"', undefined])('#17 arguments %j are an empty object', (value) => {
    const text = value === '"null"' ? 'null' : value === 'null' ? null : value;
    expect(calls(tool({ index: 0, id: 'a', function: { name: 'f', arguments: text } }) + done)).toEqual([
      ['a', 'f', '{}'],
    ]);
  });

  test('#18 arguments that are valid early go on all the same', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '1' } }) +
      tool({ index: 0, function: { arguments: '2' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '12']]);
  });

  test('#19 #20 fragments are joined as they are, cut inside an escape or unfinished', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":"\\ud83d' } }) +
      tool({ index: 0, function: { arguments: '\\ude00' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '{"x":"\\ud83d\\ude00']]);
  });

  test('#22 text may follow a call', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }) + chunk({ content: 'so' }) + done;
    expect(collectReply(read(text)).choices[0]!.parts.map(({ type }) => type)).toEqual(['tool-call', 'text']);
  });

  test('#26 a stop after calls is a call for tools', () => {
    const text = `${tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }) + chunk({}, 'stop')}data: [DONE]\n\n`;
    expect(last(text)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test('both calls complete in one delta that carries the finish too (Ark)', () => {
    const both = [
      { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
      { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
    ];
    expect(calls(`${chunk({ role: 'assistant', tool_calls: both }, 'tool_calls')}data: [DONE]\n\n`).length).toBe(2);
  });
});

describe('chunks of all kinds', () => {
  test('#24 empty, missing and null deltas and choices are passed over', () => {
    const odd = [
      { choices: [] },
      { choices: null },
      { choices: [{ index: 0 }] },
      { choices: [{ index: 0, delta: null }] },
    ];
    const text =
      odd.map((extra) => chunk({}, null, extra)).join('') +
      chunk({ role: '', content: null }) +
      chunk({ content: 'x' }) +
      chunk({ role: 'assistant' }, 'stop') +
      'data: [DONE]\n\n';
    expect(read(text).filter(({ type }) => type !== 'start')).toEqual([
      { type: 'text', text: 'x' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('#29 chunks after the finish are merged: one finish, the last usage', () => {
    const text =
      chunk({ content: 'x' }) +
      chunk({}, 'stop') +
      chunk({}, 'length') +
      chunk({}, null, { usage: { prompt_tokens: 1, completion_tokens: 2 } }) +
      usageChunk({ prompt_tokens: 3, completion_tokens: 4 }) +
      'data: [DONE]\n\n';
    const events = read(text);
    expect(events.filter(({ type }) => type === 'finish')).toEqual([{ type: 'finish', reason: 'stop' }]);
    expect(events.findLast(({ type }) => type === 'usage')).toEqual({ type: 'usage', usage: { input: 3, output: 4 } });
  });

  test('#94 an empty first chunk of Azure’s names nothing: ids and model come from where they are', () => {
    const first = chunk({}, null, { id: '', model: '', choices: [], prompt_filter_results: [] });
    expect(
      read(first + chunk({ content: 'x' }) + chunk({}, 'stop')).find(({ type }) => type === 'start'),
    ).toMatchObject({ id: 'chatcmpl-abc', model: 'gpt-test-2026' });
    expect(read(chunk({ content: 'x' }, 'stop', { id: '', model: '' }))[0]).toMatchObject({
      id: 'chatcmpl-abc123',
      model: 'asked',
    });
  });

  test('#39 a filter mid-way keeps the text', () => {
    expect(collectReply(read(chunk({ content: 'part' }) + chunk({}, 'sensitive'))).choices[0]).toEqual({
      parts: [{ type: 'text', text: 'part' }],
      finish: 'refused',
    });
  });

  test('reasoning is read under each of its names, Mistral’s lists too', () => {
    const text =
      chunk({ reasoning_content: 'a' }) +
      chunk({ reasoning: 'b' }) +
      chunk({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'c' }] },
          { type: 'text', text: 'x' },
        ],
      }) +
      chunk({}, 'stop');
    expect(collectReply(read(text)).choices[0]!.parts).toEqual([
      { type: 'thinking', text: 'abc' },
      { type: 'text', text: 'x' },
    ]);
  });

  test('#42 #43 usage is taken once, wherever it stands, and the last counts', () => {
    const groq = chunk({}, 'stop', {
      x_groq: { usage: { prompt_tokens: 5, completion_tokens: 6 } },
      usage: { prompt_tokens: 5, completion_tokens: 6 },
    });
    const moonshot = chunk({}, null, {
      choices: [
        {
          index: 0,
          delta: {},
          finish_reason: 'stop',
          usage: { prompt_tokens: 7, completion_tokens: 8, cached_tokens: 2 },
        },
      ],
    });
    expect(collectReply(read(chunk({ content: 'x' }) + groq)).usage).toEqual({ input: 5, output: 6 });
    expect(collectReply(read(chunk({ content: 'x' }) + moonshot)).usage).toEqual({ input: 7, output: 8, cacheRead: 2 });
  });

  test('#45 odd counts are mended: strings read, nonsense dropped, reasoning within the output', () => {
    const usage = {
      prompt_tokens: '12',
      completion_tokens: 3,
      prompt_tokens_details: null,
      completion_tokens_details: { reasoning_tokens: 9, audio_tokens: -1 },
    };
    expect(collectReply(read(chunk({ content: 'x' }, 'stop') + usageChunk(usage))).usage).toEqual({
      input: 12,
      output: 9,
      reasoning: 9,
    });
  });

  test('two answers interleaved stay apart', () => {
    const at = (index: number, delta: object, finish: string | null = null) =>
      chunk({}, null, { choices: [{ index, delta, finish_reason: finish }] });
    const text =
      at(0, { content: 'a' }) +
      at(1, { content: 'b' }) +
      at(0, { content: 'A' }) +
      at(1, {}, 'length') +
      at(0, {}, 'stop') +
      'data: [DONE]\n\n';
    expect(collectReply(read(text)).choices).toEqual([
      { parts: [{ type: 'text', text: 'aA' }], finish: 'stop' },
      { parts: [{ type: 'text', text: 'b' }], finish: 'length' },
    ]);
  });
});

describe('a stream that fails', () => {
  test.each([
    ['#27 closed before its finish', chunk({ content: 'x' })],
    ['#27 empty', ''],
    ['#30 an error member', `${chunk({ content: 'x' })}data: {"error":{"message":"no","code":500}}\n\n`],
    ['#40 an error event', `event: error\ndata: {"error":{"message":"tool_use_failed","failed_generation":"{"}}\n\n`],
    ['an error event without the member', 'event: error\ndata: {"message":"no"}\n\n'],
    ['#30 base_resp', 'data: {"base_resp":{"status_code":1004,"status_msg":"no"}}\n\n'],
    ['a reason that is a failure', chunk({}, 'insufficient_system_resource')],
    [
      'OpenRouter’s error beside a finish',
      `${chunk({ content: 'x' }, 'length', { error: { code: 502, message: 'no' } })}data: [DONE]\n\n`,
    ],
  ])('%s ends in an error and in nothing else', (_, text) => {
    const events = read(text);
    expect(events.at(-1)?.type).toBe('error');
    expect(events.some(({ type }) => type === 'finish')).toBe(false);
  });
});

describe('any cutting of the bytes', () => {
  const text = [
    ': comment\n\n',
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: '想' }),
    chunk({ content: '你好 🌍' }),
    tool({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
    tool({ index: 0, function: { arguments: '{"é":"' } }),
    tool({ index: 0, function: { arguments: '🌍"}' } }),
    chunk({}, 'tool_calls'),
    usageChunk({ prompt_tokens: 9, completion_tokens: 4 }),
    'data: [DONE]\n\n',
  ].join('');
  test('gives the same reply', () => {
    const whole = collectReply(read(text));
    fc.assert(
      fc.property(fc.array(fc.nat(4000), { maxLength: 60 }), (cuts) => {
        expect(collectReply(read(text, cuts))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('and a reply replayed is the same reply', () => {
    const whole = collectReply(read(text));
    expect(collectReply(replayReply(whole))).toEqual(whole);
  });
});
