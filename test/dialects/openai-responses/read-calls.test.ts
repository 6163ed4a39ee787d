import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { added, call, callEvents, completed, created, done, read, sse, type Wire } from './wire.ts';

const parts = (text: string) => collectReply(read(text)).choices[0]?.parts;

describe('calls', () => {
  test('#13 #93 parallel calls that all carry index 0 stay apart by their items’ ids', () => {
    const [a1, a2, a3, ...restA] = callEvents(1, 0);
    const [b1, b2, b3, ...restB] = callEvents(2, 0);
    const mixed = [a1, b1, a2, b2, a3, b3, ...restA, ...restB].filter((event) => event !== undefined);
    expect(parts(sse([created, ...mixed, completed([call(1), call(2)])]))).toMatchObject([
      { id: 'call_1', arguments: '{"city":"city 1"}' },
      { id: 'call_2', arguments: '{"city":"city 2"}' },
    ]);
  });

  test('#13 an item with another id in each of its events is one item by its index', () => {
    let n = 0;
    const scrambled = [...callEvents(1, 0), ...callEvents(2, 1)].map((event): Wire => {
      n += 1;
      if (event.item) return { ...event, item: { ...(event.item as object), id: `fc_odd${n}` } };
      return { ...event, item_id: `fc_odd${n}` };
    });
    expect(parts(sse([created, ...scrambled, completed([call(1), call(2)])]))).toMatchObject([
      { id: 'call_1', arguments: '{"city":"city 1"}' },
      { id: 'call_2', arguments: '{"city":"city 2"}' },
    ]);
  });

  test('#14 an item that is added or ended twice is one item', () => {
    const [open, ...rest] = callEvents(1, 0);
    const twice = [created, open!, open!, ...rest, rest.at(-1)!, completed([call(1)])];
    expect(parts(sse(twice))).toEqual([
      { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"city 1"}' },
    ]);
  });

  test('#15 a call is emitted when its name is known, with what came before', () => {
    const events = read(
      sse([
        created,
        added({ ...call(1, ''), name: '' }),
        { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 0, delta: '{"a":' },
        { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 0, delta: '1}' },
        done(call(1, '{"a":1}')),
        completed([call(1, '{"a":1}')]),
      ]),
    );
    expect(events.filter(({ type }) => type.startsWith('tool'))).toEqual([
      { type: 'tool-call', index: 0, id: 'call_1', name: 'weather' },
      { type: 'tool-arguments', index: 0, text: '{"a":1}' },
    ]);
  });

  test.each([[''], [null], ['null'], [{}]])('#17 arguments of %j are an empty object', (nothing) => {
    expect(
      parts(sse([created, ...callEvents(1, 0, []).slice(0, 1), done(call(1, nothing)), completed([call(1, nothing)])])),
    ).toMatchObject([{ type: 'tool-call', arguments: '{}' }]);
  });

  test('#18 #19 #20 arguments are put together as they came, whether they parse or not', () => {
    const fragments = ['{}', '{"e":"\\ud83d', '\\ude00', '"', ' cut'];
    expect(
      parts(sse([created, ...callEvents(1, 0, fragments), completed([call(1, fragments.join(''))])])),
    ).toMatchObject([{ arguments: fragments.join('') }]);
  });

  test('#25 a name that was changed on the way out is turned back, an unknown one passes', () => {
    const memo = { toolNames: new Map([['weather', 'wetter:heute']]) };
    const renamed = read(sse([created, ...callEvents(1, 0), completed([call(1)])]), [], memo);
    expect(renamed.find(({ type }) => type === 'tool-call')).toMatchObject({ name: 'wetter:heute' });
    expect(parts(sse([created, ...callEvents(1, 0), completed([call(1)])]))).toMatchObject([{ name: 'weather' }]);
  });

  test('a free-text tool’s input is its argument', () => {
    const custom = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_9', name: 'patch', input: '*** Begin' };
    const events = [
      created,
      added({ ...custom, input: '' }),
      { type: 'response.custom_tool_call_input.delta', item_id: 'ctc_1', output_index: 0, delta: '*** Begin' },
      done(custom),
      completed([custom]),
    ];
    expect(parts(sse(events))).toEqual([
      { type: 'tool-call', kind: 'custom', id: 'call_9', name: 'patch', arguments: '*** Begin' },
    ]);
  });
});
