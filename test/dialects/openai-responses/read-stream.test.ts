import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { openaiResponses, unheld } from './held.ts';
import {
  added,
  call,
  completed,
  context,
  created,
  done,
  message,
  messageEvents,
  read,
  reasoning,
  response,
  sse,
  turn,
  turnOutput,
  usage,
  type Wire,
} from './wire.ts';

const parts = (text: string) => collectReply(read(text)).choices[0]?.parts;

describe('a whole turn', () => {
  test('thinking with its signature, text and parallel calls are read as the whole reply is', () => {
    const streamed = collectReply(read(sse(turn)));
    expect(streamed).toEqual(openaiResponses.readReply(response({ output: turnOutput }), context));
    expect(streamed.choices[0]).toEqual({
      finish: 'tool-calls',
      parts: [
        {
          type: 'thinking',
          text: 'First **this**.\n\nThen that.',
          signature: { issuer: 'openai', value: 'gAAAAABseal==', id: 'rs_1' },
        },
        { type: 'text', text: 'Grüße 世界 👋' },
        { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"city 1"}' },
        { type: 'tool-call', id: 'call_2', name: 'weather', arguments: '{"city":"city 2"}' },
      ],
    });
    expect(streamed.usage).toEqual({ input: 36, output: 87, cacheRead: 12, reasoning: 64 });
    expect(streamed).toMatchObject({ id: 'resp_67ccd2be', model: 'gpt-5-2025-08-07', created: 1_741_476_542 });
  });

  test('#1 #2 cut at any bytes, it gives the same events', () => {
    const text = sse(turn);
    const whole = read(text);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (cuts) => {
        expect(read(text, cuts)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('#7 padding and unknown events are passed over', () => {
    const odd: Wire[] = [
      { type: 'keepalive' },
      { type: 'response.queued' },
      { type: 'response.audio.delta', delta: 'AA' },
    ];
    expect(parts(sse([created, ...odd, ...messageEvents(['x'], 0), completed([message('x')])]))).toEqual([
      { type: 'text', text: 'x' },
    ]);
  });
});

describe('what servers leave out', () => {
  test('#23 an item that only comes whole, at its end or at the answer’s, is read all the same', () => {
    const atItsEnd = sse([created, done(message('whole')), done(call(1), 1), completed([])]);
    const atTheEnd = sse([created, completed([message('whole'), call(1)])]);
    const expected = [
      { type: 'text', text: 'whole' },
      { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"city 1"}' },
    ];
    expect(parts(atItsEnd)).toEqual(expected);
    expect(parts(atTheEnd)).toEqual(expected);
  });

  test('deltas of an item that was never added are heard', () => {
    const bare: Wire[] = [
      { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'he' },
      { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'y' },
    ];
    expect(parts(sse([...bare, completed([message('hey')])]))).toEqual([{ type: 'text', text: 'hey' }]);
  });

  test('an event whose name is only on its line is read', () => {
    const text = `event: response.output_text.delta\ndata: {"item_id":"m","output_index":0,"delta":"x"}\n\n`;
    expect(parts(text + sse([completed([])]))).toEqual([{ type: 'text', text: 'x' }]);
  });

  test('thinking without text but with a signature is kept, thinking without either is left out', () => {
    const signed = { id: 'rs_9', type: 'reasoning', summary: [], encrypted_content: 'gAAA' };
    expect(
      parts(sse([created, added({ ...signed, encrypted_content: null }), done(signed), completed([signed])])),
    ).toEqual([{ type: 'thinking', text: '', signature: { issuer: 'openai', value: 'gAAA', id: 'rs_9' } }]);
    const empty = { id: 'rs_9', type: 'reasoning', summary: [] };
    expect(parts(sse([created, added(empty), done(empty), completed([empty])]))).toEqual([]);
  });
});

describe('the end', () => {
  test('#26 calls end for the calls, whatever the status says', () => {
    expect(read(sse(turn)).at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test('#27 #93 a stream without its last event ends in an error, [DONE] or not', () => {
    for (const tail of ['', 'data: [DONE]\n\n']) {
      expect(read(sse(turn.slice(0, -1)) + tail).at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
    }
    expect(read('').at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
  });

  test('#28 #29 what follows the last event changes nothing', () => {
    const late = sse([...turn, ...messageEvents(['late'], 9), completed([])]);
    expect(read(`${late}data: [DONE]\n\n`)).toEqual(read(sse(turn)));
  });

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'refused'],
    [undefined, 'length'],
  ])('#38 #39 #46 incomplete for %s keeps the text and the counts', (reason, finish) => {
    const last = {
      type: 'response.incomplete',
      response: response({ status: 'incomplete', incomplete_details: reason ? { reason } : null }),
    };
    const reply = collectReply(read(sse([created, ...messageEvents(['part'], 0), last])));
    expect(reply.choices[0]).toEqual({ parts: [{ type: 'text', text: 'part' }], finish });
    expect(reply.usage).toMatchObject({ input: usage.input_tokens, output: usage.output_tokens });
  });

  test('#30 #46 an error amid the stream is reported with its kind, the counts before it', () => {
    const failed = {
      type: 'response.failed',
      response: response({
        status: 'failed',
        error: { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 1.5s.' },
      }),
    };
    const events = read(sse([created, ...messageEvents(['x'], 0), failed]));
    expect(events.at(-2)).toMatchObject({ type: 'usage', usage: { input: 36, output: 87 } });
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      error: { kind: 'rate_limited', status: 429, retryAfter: 1.5 },
    });
  });

  test.each([
    ['flat', { code: 'server_error', message: 'oh', param: null }],
    ['nested', { error: { type: 'server_error', code: 'server_error', message: 'oh', param: null } }],
  ])('#30 an error event, %s, is an error', (_, fields) => {
    expect(read(sse([created, { type: 'error', ...fields }])).at(-1)).toMatchObject({
      type: 'error',
      error: { kind: 'upstream', message: 'oh', code: 'server_error' },
    });
  });

  test('a refusal, citations and log probabilities are read', () => {
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const token = { token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] };
    const cited = { type: 'url_citation', url: 'https://x.example', title: 'X', start_index: 0, end_index: 1 };
    const [open, , ...rest] = messageEvents([], 0);
    const events: Wire[] = [
      created,
      open!,
      { type: 'response.output_text.delta', ...at, delta: 'a', logprobs: [token] },
      { type: 'response.output_text.annotation.added', ...at, annotation_index: 0, annotation: cited },
      { type: 'response.refusal.delta', ...at, content_index: 1, delta: 'No.' },
      ...rest,
      completed([]),
    ];
    expect(collectReply(read(sse(events))).choices[0]).toEqual({
      parts: [
        { type: 'text', text: 'a', citations: [{ url: 'https://x.example', title: 'X', start: 0, end: 1 }] },
        { type: 'refusal', text: 'No.' },
      ],
      finish: 'stop',
      logprobs: { content: [token] },
    });
  });

  test('an image the model made is emitted once, at its end', () => {
    const drawn = {
      id: 'ig_1',
      type: 'image_generation_call',
      status: 'completed',
      result: 'iVBORw0=',
      output_format: 'webp',
    };
    expect(parts(sse([created, added({ ...drawn, result: null }), done(drawn), completed([drawn])]))).toEqual([
      { type: 'image', source: { type: 'data', mediaType: 'image/webp', data: 'iVBORw0=' } },
    ]);
  });

  test('an event that is not JSON cannot be made sense of', () => {
    expect(() => read('data: {oops\n\n')).toThrow('not JSON');
  });

  test('any JSON in any event neither throws nor hangs', () => {
    const types = [...new Set(turn.map(({ type }) => type)), 'error', 'response.failed', 'response.incomplete'];
    const event = fc.record({
      type: fc.constantFrom(...types),
      item: fc.jsonValue(),
      response: fc.jsonValue(),
      output_index: fc.jsonValue(),
      item_id: fc.jsonValue(),
      delta: fc.jsonValue(),
      annotation: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const given = read(sse(events as Wire[]), [], undefined, unheld);
        expect(['error', 'finish']).toContain(given.at(-1)?.type);
      }),
      { numRuns: 200 },
    );
  });

  test('messages of others than the model are no part of the answer, wherever they stand', () => {
    const asked = message('How warm is it?', { id: 'msg_0', role: 'user' });
    const answer = message('18 degrees');
    const expected = [{ type: 'text', text: '18 degrees' }];
    expect(parts(sse([created, ...messageEvents(['18 ', 'degrees'], 0), completed([asked, answer])]))).toEqual(
      expected,
    );
    expect(parts(sse([created, added(asked), done(asked), done(answer, 1), completed([asked, answer])]))).toEqual(
      expected,
    );
    expect(parts(sse([created, completed([asked, answer])]))).toEqual(expected);
  });

  test('reasoning items are signed by OpenAI only', () => {
    expect(parts(sse([created, done(reasoning), completed([reasoning])]))).toMatchObject([
      { signature: { issuer: 'openai' } },
    ]);
  });
});
