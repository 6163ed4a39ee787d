import type { ChatEvent } from '../chat/events.ts';
import type { StreamReader } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Frame, Framer, SseEvent } from '../http/sse.ts';

/**
 * What one read of a provider's stream completed: whole frames as they came, and all that was read from them. An `error`
 * is the last of the events and its frame is left out: a provider's text about an error may contain what must stay inside.
 */
export interface Batch {
  frames: Frame[];
  events: ChatEvent[];
}

/**
 * Reads a provider's stream for both roads. An event the reader cannot make sense of goes to `unreadable`, which throws it
 * on the long road and only counts it on the short one. The last batch holds what the reader says at the end.
 */
export async function* readStream(
  body: AsyncIterable<Uint8Array>,
  framer: Framer,
  reader: StreamReader,
  unreadable: (error: GatewayError) => void,
): AsyncGenerator<Batch> {
  function read(frames: Frame[]): Batch {
    const batch: Batch = { frames: [], events: [] };
    for (const frame of frames) {
      if (frame.event) batch.events.push(...readEvent(frame.event));
      if (batch.events.at(-1)?.type === 'error') break;
      batch.frames.push(frame);
    }
    return batch;
  }

  function readEvent(event: SseEvent): ChatEvent[] {
    try {
      return reader.read(event);
    } catch (thrown) {
      // Only what the reader says of the event is for the road to decide; a bug stays a bug.
      if (!(thrown instanceof GatewayError)) throw thrown;
      unreadable(thrown);
      return [];
    }
  }

  for await (const chunk of body) {
    const frames = framer.push(chunk);
    if (frames.length > 0) yield read(frames);
  }
  const last = read(framer.end());
  last.events.push(...reader.end());
  if (last.frames.length > 0 || last.events.length > 0) yield last;
}
