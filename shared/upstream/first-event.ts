import type { ChatEvent } from '../chat/events.ts';
import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { Stream } from '../http/message.ts';
import type { Batch } from './read-stream.ts';

/** Whether an event is part of what the model says; the others only say something about the answer. */
const meaningful = (event: ChatEvent): boolean => event.type !== 'start' && event.type !== 'usage';

/**
 * Waits for the first event with content. Until then nothing has been sent to the caller, so that an error, an empty stream
 * or a break is a refusal and another target can be asked.
 */
export async function firstEvent(batches: Stream<Batch>): Promise<Stream<Batch> | Refusal> {
  const seen: Batch[] = [];
  try {
    for (;;) {
      const { done, value } = await batches.next();
      if (done) return refuse(new GatewayError('upstream', 'The provider answered with an empty stream.'));
      seen.push(value);
      const first = value.events.find(meaningful);
      if (!first) continue;
      if (first.type !== 'error') return resume(seen, batches);
      await batches.return(undefined);
      return refuse(first.error);
    }
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** What was seen and then the rest, by hand: a generator around a generator costs as much again for every piece. */
function resume(seen: readonly Batch[], rest: Stream<Batch>): Stream<Batch> {
  let at = 0;
  const resumed: Stream<Batch> = {
    next: () => (at < seen.length ? Promise.resolve({ done: false, value: seen[at++]! }) : rest.next()),
    return: () => rest.return(undefined),
    [Symbol.asyncIterator]: () => resumed,
  };
  return resumed;
}
