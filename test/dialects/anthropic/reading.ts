import type { ChatEvent } from '../../../shared/chat/events.ts';
import { anthropicClient } from '../../../shared/dialects/anthropic/client/dialect.ts';
import { streamWriter } from '../../../shared/dialects/anthropic/client/write-stream.ts';
import type { ProviderDialect, ProviderRequest, ReadContext } from '../../../shared/dialects/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import { type SseEvent, sseFramer } from '../../../shared/http/sse.ts';
import { anthropic } from './held.ts';

/** Synthetic streams in the form of the vendor's own, padding included. */
export const context: ReadContext = { id: 'abc123', model: 'asked', now: 1_700_000_000 };

export const sse = (event: JsonObject): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event).slice(0, -1)}       }\n\n`;

export const messageStart = (usage: JsonObject = { input_tokens: 12, output_tokens: 1 }): string =>
  sse({
    type: 'message_start',
    message: {
      id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
      type: 'message',
      role: 'assistant',
      model: 'claude-test-5',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  });

export const block = (index: number, start: JsonObject, ...deltas: JsonObject[]): string =>
  sse({ type: 'content_block_start', index, content_block: start }) +
  deltas.map((delta) => sse({ type: 'content_block_delta', index, delta })).join('') +
  sse({ type: 'content_block_stop', index });

export const text = (index: number, ...pieces: string[]): string =>
  block(index, { type: 'text', text: '' }, ...pieces.map((piece) => ({ type: 'text_delta', text: piece })));

export const call = (index: number, id: string, name: string, ...pieces: string[]): string =>
  block(
    index,
    { type: 'tool_use', id, name, input: {} },
    ...pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
  );

export const ping = sse({ type: 'ping' });

export const messageEnd = (
  reason: string | null = 'end_turn',
  usage: JsonObject = { output_tokens: 15 },
  extra: JsonObject = {},
): string =>
  sse({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null, ...extra }, usage }) +
  sse({ type: 'message_stop' });

/** Reads a stream from its bytes, cut where it is said. */
export function read(
  stream: string,
  given: ReadContext = context,
  cuts: number[] = [],
  dialect: ProviderDialect = anthropic,
): ChatEvent[] {
  const reader = dialect.streamReader(given);
  const bytes = Buffer.from(stream);
  const framer = sseFramer();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const frames = [0, ...places].flatMap((from, index) =>
    framer.push(bytes.subarray(from, places[index] ?? bytes.length)),
  );
  const events = [...frames, ...framer.end()].flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...events, ...reader.end()];
}

/** What a caller is sent, as the events in it. */
export function written(events: ChatEvent[], inputEstimate?: number): { text: string; events: JsonObject[] } {
  const writer = streamWriter(
    { streamUsage: true },
    { ...context, ...(inputEstimate === undefined ? {} : { inputEstimate }) },
  );
  const answered = events.map((event) => writer.write(event)).join('') + writer.end();
  return { text: answered, events: parseSse(answered).map(({ data }) => JSON.parse(data)) };
}

export function parseSse(stream: string): SseEvent[] {
  const framer = sseFramer();
  return [...framer.push(Buffer.from(stream)), ...framer.end()].flatMap(({ event }) => (event ? [event] : []));
}

/** A caller's body, in the hub and written for a provider of the same dialect: the long road. */
export function write(
  body: JsonObject,
  model = 'claude-sonnet-4-5',
  traits: Traits = {},
): ProviderRequest & { sent: JsonObject } {
  anthropicClient.glance(body);
  const request = anthropic.writeRequest(anthropicClient.readRequest(body), { model, traits });
  return { ...request, sent: JSON.parse(Buffer.from(request.body).toString()) };
}
