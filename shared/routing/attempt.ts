import type { Target } from '../catalog/catalog.ts';
import { type ErrorKind, type GatewayError, isRefusal, type Refusal } from '../errors.ts';
import type { Parts } from '../gateway/parts.ts';

/** Refusals after which another target may do better; any other is the request's own fault. */
const goOn: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'upstream_auth',
  'forbidden',
  'not_found',
  'model_not_found',
  'rate_limited',
  'quota_exceeded',
  'internal',
  'upstream',
  'overloaded',
  'timeout',
]);

/**
 * Asks the targets in order until one answers. Policy without HTTP. Where all refuse, fails with a rate limit if there was
 * one, since the caller can wait for it, else with the last refusal.
 */
export async function attempt<Place, Answer extends object>(
  targets: readonly Place[],
  call: (target: Place) => Promise<Answer | Refusal>,
  refused: (target: Place, error: GatewayError) => void = () => {},
): Promise<Answer> {
  const refusals: GatewayError[] = [];
  for (const target of targets) {
    const answer = await call(target);
    if (!isRefusal(answer)) return answer;
    refusals.push(answer.refusal);
    refused(target, answer.refusal);
    if (!goOn.has(answer.refusal.kind)) break;
  }
  throw refusals.find(({ kind }) => kind === 'rate_limited') ?? refusals.at(-1);
}

/** Says in the log who refused and why; what was refused goes to the next, and nobody else would know. */
export function logRefusal(requestId: string, { log }: Parts): (target: Target, error: GatewayError) => void {
  return ({ provider, model }, { kind, message }) =>
    log.warn('a provider refused', { requestId, provider: provider.name, model, kind, reason: message });
}
