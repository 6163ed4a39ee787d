import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import type { ProviderDialect, StreamReader } from '../../../shared/dialects/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { sseFramer } from '../../../shared/http/sse.ts';

export const context = { id: 'abc', model: 'fast', now: 1_700_000_000 };

export const ask = (request: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'fast',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  ...request,
});

export type Body = Record<string, unknown> & { messages: Record<string, unknown>[] };

/** The body a request is written as, with what was dropped. */
export function written(
  dialect: ProviderDialect,
  request: ChatRequest,
  traits: Traits = {},
): { body: Body; dropped: string[] } {
  const { body, dropped } = dialect.writeRequest(request, { model: 'model-1', traits });
  return { body: JSON.parse(Buffer.from(body).toString('utf8')), dropped };
}

/** The events of a stream, its bytes cut at these places. */
export function read(reader: StreamReader, bytes: Uint8Array, cuts: readonly number[] = []): ChatEvent[] {
  const framer = sseFramer();
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const frames = places.slice(1).flatMap((end, index) => framer.push(bytes.subarray(places[index], end)));
  const events = [...frames, ...framer.end()].flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...events, ...reader.end()];
}

export const collect = (events: readonly ChatEvent[]) => collectReply(events).choices[0]!;

export function failure(run: () => unknown): GatewayError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}
