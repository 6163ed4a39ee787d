import type { Account } from '../call/account.ts';
import type { Attempt } from '../call/attempt.ts';
import type { Target } from '../catalog/catalog.ts';
import { type ErrorKind, type GatewayError, isRefusal, logFields, type Refusal, toGatewayError } from '../errors.ts';
import type { Log } from '../log.ts';

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

interface Policy<Answer> {
  /** Asks one target; a refusal is a value, and what it throws ends the request. */
  ask: (attempt: Attempt) => Promise<Answer | Refusal>;
  /** Begins an attempt at a target. */
  open: (target: Target) => Attempt;
  /** Ends the request; no target is asked afterwards. */
  signal: AbortSignal;
  /** Called for each refusal, also when a later target answers. */
  refused: (target: Target, error: GatewayError) => void;
}

/**
 * Asks the targets in order until one answers; each is an attempt with a line of its own. Policy without HTTP. Where all
 * refuse, fails with a rate limit if there was one, since the caller can wait for it, else with the last refusal. What ends
 * the request meanwhile is thrown instead: a target that is not asked has no line.
 */
export async function attemptEach<Answer extends object>(
  targets: readonly Target[],
  { ask, open, signal, refused }: Policy<Answer>,
): Promise<Answer> {
  let error: GatewayError | undefined;
  for (const target of targets) {
    signal.throwIfAborted();
    const attempt = open(target);
    const answer = await ended(attempt, ask(attempt));
    if (!isRefusal(answer)) return answer;
    if (error?.kind !== 'rate_limited') error = answer.refusal;
    refused(target, answer.refusal);
    if (!goOn.has(answer.refusal.kind)) break;
  }
  throw error;
}

/** Ends an attempt that failed; one that answered goes on until its answer is over. */
async function ended<Answer extends object>(
  attempt: Attempt,
  asking: Promise<Answer | Refusal>,
): Promise<Answer | Refusal> {
  try {
    const answer = await asking;
    if (isRefusal(answer)) attempt.end(answer.refusal);
    return answer;
  } catch (thrown) {
    attempt.end(toGatewayError(thrown));
    throw thrown;
  }
}

/** How a call's attempts are begun, as lines of its account, and refusals written, as warnings in the log. */
export const attemptsOf = (
  { id, account, signal }: { id: string; account: Pick<Account, 'open'>; signal: AbortSignal },
  log: Pick<Log, 'warn'>,
): Pick<Policy<never>, 'open' | 'signal' | 'refused'> => ({
  signal,
  open: (target) => account.open(target),
  refused: ({ provider, model }, error) =>
    log.warn('a provider refused', { requestId: id, provider: provider.name, model, ...logFields(error) }),
});

/** Asks the targets of a call in order, as `attemptEach` does; each attempt is a line of its account. */
export const askTargets = <Answer extends object>(
  targets: readonly Target[],
  ask: Policy<Answer>['ask'],
  { call, log }: { call: Parameters<typeof attemptsOf>[0]; log: Pick<Log, 'warn'> },
): Promise<Answer> => attemptEach(targets, { ...attemptsOf(call, log), ask });
