import { type ChatReply, collectReply } from '../../../chat/reply.ts';
import { GatewayError } from '../../../errors.ts';
import type { ReadContext } from '../../dialect.ts';
import type { Unchecked } from '../../kit/wire.ts';
import type { WireReply } from '../wire.ts';
import { chunkReader } from './read-stream.ts';

/**
 * Reads a whole reply, as the stream of one chunk that it is. A 200 that is an error, or that has no answer in it and no word
 * of a block, is the provider's failure.
 * @see https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */
export function readReply(body: Unchecked<WireReply>, context: ReadContext): ChatReply {
  const reader = chunkReader(context);
  const events = reader.read(body);
  const ends = reader.end();
  const isEmpty = !Array.isArray(body.candidates) || body.candidates.length === 0;
  if (isEmpty && !body.error && ends.some(({ type }) => type === 'error')) {
    throw new GatewayError('upstream', 'The provider answered without any candidates.');
  }
  return collectReply([...events, ...ends]);
}
