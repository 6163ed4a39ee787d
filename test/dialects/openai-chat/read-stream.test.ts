import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply, replayReply } from '../../../shared/chat/reply.ts';
import { chunk, usageChunk } from '../../support/provider.ts';
import { read, tool } from './reading.ts';

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

  test('a whole message after deltas repeats them, and only its finish and usage are read', () => {
    const message = { role: 'assistant', content: 'xy', tool_calls: [{ id: 'c', function: { name: 'f' } }] };
    const whole = { index: 0, message, finish_reason: 'stop' };
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    const last = chunk({}, null, { object: 'chat.completion', choices: [whole], usage });
    const events = read(`${chunk({ content: 'x' })}${chunk({ content: 'y' })}${last}data: [DONE]\n\n`);
    expect(events.slice(1)).toEqual([
      { type: 'text', text: 'x' },
      { type: 'text', text: 'y' },
      { type: 'usage', usage: { input: 3, output: 4 } },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('a stream of one whole message is read as it stands', () => {
    const whole = { index: 0, message: { role: 'assistant', content: 'xy' }, finish_reason: 'stop' };
    const events = read(`${chunk({}, null, { choices: [whole] })}data: [DONE]\n\n`);
    expect(events.slice(1)).toEqual([
      { type: 'text', text: 'xy' },
      { type: 'finish', reason: 'stop' },
    ]);
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
