import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { cutAt, eventFrame } from './frames.ts';
import { delta, messageStop, read, spoken, start, stop, thinksAndCalls, tool } from './stream.ts';

describe('the stream of ConverseStream', () => {
  test('text is emitted as it comes, and the finish comes after the token counts', () => {
    expect(read(spoken)).toEqual([
      { type: 'start', id: 'msg_abc123', model: 'claude', created: 1_763_640_000 },
      { type: 'text', text: 'Hello' },
      { type: 'text', text: ', world' },
      { type: 'part-end' },
      expect.objectContaining({ type: 'usage' }),
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('#41 what was read from the cache and written to it is within the input', () => {
    expect(collectReply(read(spoken)).usage).toEqual({
      input: 1612,
      output: 34,
      cacheRead: 1500,
      cacheWrite: 100,
      cacheWriteHour: 60,
    });
  });

  test('thinking with its signature, text and parallel calls become parts in order, calls with indexes of their own', () => {
    const reply = collectReply(read(thinksAndCalls));
    expect(reply.choices).toEqual([
      {
        finish: 'tool-calls',
        parts: [
          {
            type: 'thinking',
            text: 'The user wants two cities.',
            signature: { issuer: 'anthropic', value: 'c2lnbmF0dXJl' },
          },
          { type: 'text', text: 'Looking 🌦' },
          { type: 'tool-call', id: 'tooluse_AAA', name: 'weather', arguments: '{"city":"Paris"}' },
          {
            type: 'tool-call',
            id: 'tooluse_BBB',
            name: 'weather',
            arguments: '{"city":"Rome","id":1917043659912705296}',
          },
        ],
      },
    ]);
    const indexes = read(thinksAndCalls).flatMap((event) => (event.type === 'tool-call' ? [event.index] : []));
    expect(indexes).toEqual([0, 1]);
  });

  test('#8 bytes cut at any places give the same events', () => {
    const bytes = Buffer.concat(thinksAndCalls);
    const whole = read([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (places) => {
        expect(read(cutAt(bytes, places))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test('#7 the padding of the payloads goes nowhere', () => {
    expect(JSON.stringify(read(thinksAndCalls))).not.toContain('abcdefghijklmnopqrstu');
  });

  test('#17 a call without any argument is emitted with an empty object', () => {
    const reply = collectReply(read([start, tool(0, 'tooluse_1', 'now'), stop(0), messageStop('tool_use')]));
    expect(reply.choices[0]?.parts).toEqual([{ type: 'tool-call', id: 'tooluse_1', name: 'now', arguments: '{}' }]);
  });

  test('#20 arguments that were cut by the bound on tokens are passed on as they are', () => {
    const frames = [
      start,
      tool(0, 'tooluse_1', 'f'),
      delta(0, { toolUse: { input: '{"a":"b' } }),
      stop(0),
      messageStop('max_tokens'),
    ];
    const [choice] = collectReply(read(frames)).choices;
    expect(choice).toMatchObject({ finish: 'length', parts: [{ arguments: '{"a":"b' }] });
  });

  test('#78 hidden thinking and thinking that is only a signature are emitted, in order and empty as they are', () => {
    const frames = [
      start,
      delta(0, { reasoningContent: { redactedContent: 'aGlkZGVu' } }),
      stop(0),
      delta(1, { reasoningContent: { signature: 'c2VhbA==' } }),
      stop(1),
      delta(2, { text: 'Yes.' }),
      stop(2),
      messageStop('end_turn'),
    ];
    expect(collectReply(read(frames)).choices[0]?.parts).toEqual([
      { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'aGlkZGVu' } },
      { type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'c2VhbA==' } },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('#71 #25 a name that was changed on the way out is turned back, an unknown one passes', () => {
    const memo = { toolNames: new Map([['_get_weather_0a1b2c3d', 'get.weather']]) };
    const frames = [
      start,
      tool(0, 't1', '_get_weather_0a1b2c3d'),
      stop(0),
      tool(1, 't2', 'invented'),
      stop(1),
      messageStop('tool_use'),
    ];
    const names = read(frames, { memo }).flatMap((event) => (event.type === 'tool-call' ? [event.name] : []));
    expect(names).toEqual(['get.weather', 'invented']);
  });

  test('#75 the tool that stands in for a schema is the text of the answer, and the answer ends as one', () => {
    const frames = [
      start,
      tool(0, 't1', 'json'),
      delta(0, { toolUse: { input: '{"city":' } }),
      delta(0, { toolUse: { input: '"Paris"}' } }),
      stop(0),
      messageStop('tool_use'),
    ];
    const [choice] = collectReply(read(frames, { memo: { formatTool: 'json' } })).choices;
    expect(choice).toEqual({ finish: 'stop', parts: [{ type: 'text', text: '{"city":"Paris"}' }] });
  });

  test('a tool of free text is emitted with its text, not with the object it was wrapped in', () => {
    const frames = [
      start,
      tool(0, 't1', 'sql'),
      delta(0, { toolUse: { input: '{"input":"SELECT \\"a\\"' } }),
      delta(0, { toolUse: { input: ';"}' } }),
      stop(0),
      messageStop('tool_use'),
    ];
    const [choice] = collectReply(read(frames, { memo: { customTools: new Set(['sql']) } })).choices;
    expect(choice?.parts).toEqual([
      { type: 'tool-call', kind: 'custom', id: 't1', name: 'sql', arguments: 'SELECT "a";' },
    ]);
  });

  test('a call without an id is given one', () => {
    const [, call] = read([start, tool(0, '', 'f'), stop(0), messageStop('tool_use')]);
    expect(call).toMatchObject({ type: 'tool-call', id: 'call_abc123_0' });
  });

  test('an image that the model makes is emitted as media', () => {
    const frames = [
      start,
      eventFrame('contentBlockStart', { contentBlockIndex: 0, start: { image: { format: 'png' } } }),
      delta(0, { image: { source: { bytes: 'iVBORw0KGgo=' } } }),
      stop(0),
      messageStop('end_turn'),
    ];
    expect(read(frames)).toContainEqual({
      type: 'media',
      media: 'image',
      mediaType: 'image/png',
      data: 'iVBORw0KGgo=',
    });
  });

  test('a citation keeps its address and its title', () => {
    const citation = { title: 'Rain', location: { web: { url: 'https://example.com/rain', domain: 'example.com' } } };
    const frames = [start, delta(0, { text: 'It rains.' }), delta(0, { citation }), stop(0), messageStop('end_turn')];
    expect(collectReply(read(frames)).choices[0]?.parts).toMatchObject([
      { type: 'text', text: 'It rains.', citations: [{ url: 'https://example.com/rain', title: 'Rain' }] },
    ]);
  });
});
