import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import type { ClientDialect, Glance } from '../../shared/dialects/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { openaiResponsesClient } from '../../shared/dialects/openai-responses/client/dialect.ts';
import type { JsonObject } from '../../shared/http/json.ts';
import type { PresetName } from '../../shared/providers/registry.ts';
import { transformed } from '../../shared/transforms/apply.ts';
import { targetOf } from '../providers/wire.ts';

/** Long conversations are translated in linear time: ten times as long, at most thirty times the work. */
const SMALL = 1_000;
const LARGE = 10_000;
const MOST = 30;
/** Less than this is noise. */
const LEAST_MICROSECONDS = 5_000;

const times = (count: number, make: (index: number) => JsonObject[]): JsonObject[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

const ask = { role: 'user', content: 'a' };
const call = (id: string, name = 'f') => ({ id, type: 'function', function: { name, arguments: '{"a":1}' } });
const calling = (calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'r' });
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
const list = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const shapes: Record<string, (count: number) => JsonObject> = {
  'messages that take turns': (count) => ({
    messages: times(count, () => [ask, { role: 'assistant', content: 'b' }]),
  }),
  'messages of one speaker': (count) => ({ messages: times(count, () => [ask]) }),
  'messages with an image each': (count) => ({
    messages: times(count, () => [{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }]),
  }),
  'instructions between messages': (count) => ({
    messages: times(count, () => [ask, { role: 'system', content: 'b' }]),
  }),
  'instructions behind one message': (count) => ({
    messages: [ask, ...times(count, () => [{ role: 'system', content: 'b' }])],
  }),
  'calls of one message': (count) => ({
    messages: [
      ask,
      calling(list(count, (index) => call(`c${index}`))),
      ...times(count, (index) => [result(`c${index}`)]),
    ],
  }),
  'calls of one message and one id': (count) => ({
    messages: [ask, calling(list(count, () => call('c'))), ...times(count, () => [result('c')])],
  }),
  'calls of many turns and one id': (count) => ({
    messages: [ask, ...times(count, () => [calling([call('functions.f:0')]), result('functions.f:0')])],
  }),
  'calls of tools with illegal names': (count) => ({
    messages: [ask, ...times(count, (index) => [calling([call(`c${index}`, `ö.${index}`)]), result(`c${index}`)])],
  }),
  'results without calls': (count) => ({ messages: [ask, ...times(count, (index) => [result(`x${index}`)])] }),
  'tools to choose among': (count) => {
    const tools = list(count, (index) => ({ type: 'function', function: { name: `f${index}` } }));
    return { messages: [ask], tools, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools } } };
  },
};

const targets: Partial<Record<PresetName, string>> = {
  openai: 'gpt-5',
  anthropic: 'claude-opus-4-8',
  gemini: 'gemini-3-pro',
  bedrock: 'us.amazon.nova-pro-v1:0',
  cohere: 'command-a-03-2025',
  'openai-responses': 'gpt-5',
  hunyuan: 'hunyuan-turbos-latest',
};

function translate(body: JsonObject, preset: PresetName, model: string): void {
  const target = targetOf(preset, model);
  const request = openaiChatClient.readRequest({ model: 'm', ...body });
  const changed = transformed({ request: () => request }, target);
  target.provider.dialect.writeRequest(changed?.request ?? request, target);
}

/** The least of three: what else the machine does only adds to it. */
function work(run: () => void): number {
  const runs = list(3, () => {
    const before = process.cpuUsage();
    run();
    return process.cpuUsage(before).user;
  });
  return Math.max(LEAST_MICROSECONDS, Math.min(...runs));
}

describe.each(Object.entries(targets) as [PresetName, string][])('for %s', (preset, model) => {
  test.each(Object.keys(shapes))('ten times as many %s cost at most thirty times the work', (name) => {
    const shape = shapes[name]!;
    const workOf = (body: JsonObject): number => work(() => translate(body, preset, model));
    const small = workOf(shape(SMALL));
    expect(workOf(shape(LARGE)) / small).toBeLessThan(MOST);
  });

  test('a message of 200,000 parts does not exhaust the stack', () => {
    const content = list(200_000, () => ({ type: 'text', text: 'a' }));
    expect(() => translate({ messages: [{ role: 'user', content }] }, preset, model)).not.toThrow();
  });
});

describe('ten times as many calls in a stream cost at most thirty times the work', () => {
  const glance: Glance = { model: 'm', stream: true, hasImages: false, hasTools: true };
  const context = { id: 'abc123', model: 'm', now: 1_700_000_000 };

  const streams: [PresetName, (index: number) => JsonObject][] = [
    [
      'openai',
      (index) => {
        const delta = { index, id: `c${index}`, function: { name: 'f', arguments: '{}' } };
        return { choices: [{ index: 0, delta: { tool_calls: [delta] } }] };
      },
    ],
    [
      'openai-responses',
      (index) => ({
        type: 'response.output_item.added',
        output_index: index,
        item: { type: 'function_call', id: `i${index}`, call_id: `c${index}`, name: 'f' },
      }),
    ],
  ];

  test.each(streams)('from %s', (preset, make) => {
    const { dialect } = targetOf(preset, 'gpt-5').provider;
    const workOf = (count: number): number => {
      const events = list(count, (index) => ({ data: JSON.stringify(make(index)) }));
      return work(() => {
        const reader = dialect.streamReader(context);
        for (const event of events) reader.read(event as Parameters<typeof reader.read>[0]);
      });
    };
    const small = workOf(4 * SMALL);
    expect(workOf(4 * LARGE) / small).toBeLessThan(MOST);
  });

  const clients = { openaiChatClient, openaiResponsesClient, anthropicClient };

  test.each(Object.entries(clients))('to %s', (_, client) => {
    const workOf = (count: number): number => {
      const events = list(count, (index): ChatEvent[] => [
        { type: 'tool-call', index, id: `c${index}`, name: 'f' },
        { type: 'tool-arguments', index, text: '{}' },
      ]).flat();
      return work(() => {
        const writer = (client as ClientDialect).streamWriter(glance, { ...context, request: {} });
        for (const event of events) writer.write(event);
        writer.write({ type: 'finish', reason: 'tool-calls' });
        writer.end();
      });
    };
    const small = workOf(SMALL);
    expect(workOf(LARGE) / small).toBeLessThan(MOST);
  });
});
