import { GatewayError } from '../../../errors.ts';
import type { Unchecked } from '../../kit/wire.ts';
import type { WireReply } from '../wire-reply.ts';

/** A caller may ask for 128; reading one takes a microsecond, and a stream looks at all of them at each event. */
const MOST_CHOICES = 1000;

/** The choices of a reply or of a chunk; more than any honest one has are the provider's failure. */
export function choicesOf({ choices }: Unchecked<WireReply>) {
  if (!Array.isArray(choices)) return [];
  boundChoices(choices.length);
  return choices;
}

/** For all choices that a stream has had so far. */
export function boundChoices(count: number): void {
  if (count <= MOST_CHOICES) return;
  throw new GatewayError('upstream', `The provider answered with more than ${MOST_CHOICES} choices.`);
}
