import type { ChatEvent } from '../../../shared/chat/events.ts';
import type { ReadContext } from '../../../shared/dialects/dialect.ts';
import { eventFrame } from './frames.ts';
import { bedrock } from './held.ts';

export const context: ReadContext = { id: 'abc123', model: 'claude', now: 1_763_640_000 };

/** Reads a stream as the gateway does: bytes, frames, events. */
export function read(pieces: readonly Uint8Array[], given: Partial<ReadContext> = {}): ChatEvent[] {
  const framer = bedrock.framer!();
  const reader = bedrock.streamReader({ ...context, ...given });
  const take = (frames: ReturnType<typeof framer.push>): ChatEvent[] =>
    frames.flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...pieces.flatMap((piece) => take(framer.push(piece))), ...take(framer.end()), ...reader.end()];
}

export const start = eventFrame('messageStart', { role: 'assistant' });
export const delta = (contentBlockIndex: number, content: object): Buffer =>
  eventFrame('contentBlockDelta', { contentBlockIndex, delta: content });
export const stop = (contentBlockIndex: number): Buffer => eventFrame('contentBlockStop', { contentBlockIndex });
export const tool = (contentBlockIndex: number, toolUseId: string, name: string): Buffer =>
  eventFrame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
export const messageStop = (stopReason: string, more: object = {}): Buffer =>
  eventFrame('messageStop', { stopReason, ...more });
export const metadata = eventFrame('metadata', {
  usage: {
    inputTokens: 12,
    outputTokens: 34,
    totalTokens: 1646,
    cacheReadInputTokens: 1500,
    cacheWriteInputTokens: 100,
    cacheDetails: [
      { ttl: '1h', inputTokens: 60 },
      { ttl: '5m', inputTokens: 40 },
    ],
  },
  metrics: { latencyMs: 551 },
});

export const spoken = [
  start,
  delta(0, { text: 'Hello' }),
  delta(0, { text: ', world' }),
  stop(0),
  messageStop('end_turn'),
  metadata,
];

export const thinksAndCalls = [
  start,
  delta(0, { reasoningContent: { text: 'The user wants ' } }),
  delta(0, { reasoningContent: { text: 'two cities.' } }),
  delta(0, { reasoningContent: { signature: 'c2lnbmF0dXJl' } }),
  stop(0),
  delta(1, { text: 'Looking 🌦' }),
  stop(1),
  tool(2, 'tooluse_AAA', 'weather'),
  delta(2, { toolUse: { input: '' } }),
  delta(2, { toolUse: { input: '{"city":"Pa' } }),
  delta(2, { toolUse: { input: 'ris"}' } }),
  stop(2),
  tool(3, 'tooluse_BBB', 'weather'),
  delta(3, { toolUse: { input: '{"city":"Rome","id":1917043659912705296}' } }),
  stop(3),
  messageStop('tool_use'),
  metadata,
];
