import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { Stream } from '../http/message.ts';
import { type Batch, isContent } from './read-stream.ts';
import type { Connection } from './send.ts';

interface Options {
  /** Most bytes before that event: `limits.eventBytes`. */
  mostBytes?: number;
  connection?: Pick<Partial<Connection>, 'begun'>;
}

/** A frame costs memory of its own: many small ones, such as comments of three bytes, must not be cheaper than that. */
const LEAST_FRAME_BYTES = 256;

/**
 * Waits for the first event with content. Until then nothing has been sent to the caller, so that an error, an empty stream
 * or a break is a refusal and another target can be asked.
 */
export async function firstEvent(
  batches: Stream<Batch>,
  { mostBytes = Number.POSITIVE_INFINITY, connection = {} }: Options = {},
): Promise<Stream<Batch> | Refusal> {
  const seen: Batch[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await batches.next();
      if (done) return refuse(new GatewayError('upstream', 'The provider answered with an empty stream.'));
      seen.push(value);
      const first = value.events.find(isContent);
      if (first?.type === 'error') return await refuseStream(batches, first.error);
      if (first) {
        connection.begun?.();
        return resume(seen, batches);
      }
      bytes += value.frames.reduce((sum, frame) => sum + Math.max(frame.bytes.length, LEAST_FRAME_BYTES), 0);
      if (bytes > mostBytes) return await refuseStream(batches, tooMuch(mostBytes));
    }
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

async function refuseStream(batches: Stream<Batch>, error: GatewayError): Promise<Refusal> {
  await batches.return(undefined);
  return refuse(error);
}

const tooMuch = (most: number): GatewayError =>
  new GatewayError(
    'upstream',
    `The provider sent more than ${most} bytes before its first event with content (\`limits.eventBytes\`).`,
  );

/** Replays what was read, then the rest. Written by hand, because nested generators double the cost of every piece. */
function resume(seen: readonly Batch[], rest: Stream<Batch>): Stream<Batch> {
  let at = 0;
  const resumed: Stream<Batch> = {
    next: () => (at < seen.length ? Promise.resolve({ done: false, value: seen[at++]! }) : rest.next()),
    return: () => rest.return(undefined),
    [Symbol.asyncIterator]: () => resumed,
  };
  return resumed;
}
