import type { Attempt } from '../call/attempt.ts';
import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { Stream } from '../http/message.ts';
import type { UpstreamReply } from '../upstream/send.ts';

/** AWS ends an answer of Lambda's there; hours of speech have less. */
const MOST_BYTES = 200_000_000;

/**
 * A reply's bytes as they come and no faster than they are read, whatever they are. The first are waited for: where none come,
 * another target can be asked. `see` gets each piece. A break later on is thrown.
 */
export async function passBytes(
  { body, begun }: Pick<UpstreamReply, 'body' | 'begun'>,
  attempt: Attempt,
  see: (bytes: Uint8Array) => void,
): Promise<Stream<Uint8Array> | Refusal> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    const first = await pieces.next();
    if (first.done) return refuse(new GatewayError('upstream', 'The provider answered with an empty body.'));
    begun?.();
    attempt.meter.answered();
    return passPieces(first, pieces, attempt, see);
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

async function* passPieces(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
  { end }: Attempt,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for (let piece = first; !piece.done; piece = await pieces.next()) {
      length += piece.value.byteLength;
      if (length > MOST_BYTES) throw tooLarge();
      see(piece.value);
      yield piece.value;
    }
  } catch (thrown) {
    end(toGatewayError(thrown));
    throw thrown;
  } finally {
    end();
    await pieces.return?.();
  }
}

const tooLarge = (): GatewayError =>
  new GatewayError('upstream', `The provider sent more than ${MOST_BYTES} bytes in one answer.`);
