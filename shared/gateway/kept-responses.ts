import type { Call } from '../call/call.ts';
import { callerId } from '../call/caller.ts';
import type { KeptResponse, KeptResponses } from '../call/kept-response.ts';
import type { Target } from '../catalog/catalog.ts';
import { GatewayError } from '../errors.ts';

/** Ids as providers make them; anything else is nobody's. */
const plausible = /^[A-Za-z0-9][\w-]{0,199}$/;

/** A kept response of this caller; undefined where there is none, or another caller's. Throws `overloaded` where the table is away. */
export async function findKept(id: string, { caller }: Call, kept: KeptResponses): Promise<KeptResponse | undefined> {
  if (!plausible.test(id)) return undefined;
  const found = await kept.find(id).catch((cause: unknown) => {
    throw new GatewayError('overloaded', 'Kept responses cannot be looked up at the moment.', { cause });
  });
  return found?.caller === callerId(caller) ? found : undefined;
}

/**
 * The targets that can go on from the answer that a request names: those of the provider that keeps it. Throws `invalid_request` where the
 * answer is not there, or not this caller's.
 */
export async function keepersOf(
  targets: readonly Target[],
  call: Call,
  kept: KeptResponses,
): Promise<readonly Target[]> {
  const { goesOnFrom } = call.glance;
  // Where nothing is kept, the road says so.
  if (goesOnFrom === undefined || !targets.some(({ traits }) => traits.keepsResponses)) return targets;
  const found = await findKept(goesOnFrom, call, kept);
  if (found?.isPending) {
    const message = `Response '${found.id}' is made in the background and is counted when it is read: read it before you go on from it.`;
    throw new GatewayError('invalid_request', message, { param: 'previous_response_id' });
  }
  const keepers = targets.filter(({ provider }) => provider.name === found?.provider);
  if (keepers.length > 0) return keepers;
  const message = `Previous response with id '${goesOnFrom.slice(0, 100)}' not found.`;
  const details = { param: 'previous_response_id', code: 'previous_response_not_found' };
  throw new GatewayError('invalid_request', message, details);
}
