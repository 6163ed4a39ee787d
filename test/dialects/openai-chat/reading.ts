import type { ChatEvent } from '../../../shared/chat/events.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { chunk } from '../../support/provider.ts';
import { openaiChat } from './held.ts';

export const context = { id: 'abc123', model: 'asked', now: 1_700_000_000 };

/** Reads a stream's bytes, cut where it is said. */
export function read(text: string, cuts: readonly number[] = []): ChatEvent[] {
  const reader = openaiChat.streamReader(context);
  const framer = sseFramer();
  const bytes = Buffer.from(text);
  const points = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const frames = points.slice(1).flatMap((point, index) => framer.push(bytes.subarray(points[index], point)));
  const events = [...frames, ...framer.end()].flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...events, ...reader.end()];
}

export const tool = (delta: object): string => chunk({ tool_calls: [delta] });
