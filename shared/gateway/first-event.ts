import type { ChatEvent } from '../chat/events.ts';
import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { Batch } from './batches.ts';

/** What the model says, as against what is only said about it. */
const meaningful = (event: ChatEvent): boolean => event.type !== 'start' && event.type !== 'usage';

/**
 * Waits for the first event with content. Until then nothing has been told to the caller, so that an error, an empty stream
 * or a break is a refusal and another target can be asked.
 */
export async function firstEvent(batches: AsyncGenerator<Batch>): Promise<AsyncGenerator<Batch> | Refusal> {
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

async function* resume(seen: Batch[], rest: AsyncGenerator<Batch>): AsyncGenerator<Batch> {
  try {
    yield* seen;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
