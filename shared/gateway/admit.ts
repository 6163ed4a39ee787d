import { estimateBody } from '../accounting/limits/estimate.ts';
import { MEDIA_TOKENS } from '../accounting/limits/media-tokens.ts';
import type { Level, Rates, Refused, Reservation } from '../accounting/limits/rates.ts';
import type { Call } from '../call/call.ts';
import { type Caller, isRuled, ownRules, type RuledCaller } from '../call/caller.ts';
import { ORGANIZATION } from '../call/virtual-key.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type Purpose, purposes } from '../catalog/purpose.ts';
import { GatewayError } from '../errors.ts';
import { readJsonBody } from '../http/json.ts';
import { editMembers } from '../http/json-members.ts';
import { checkModel, checkOtherModels } from './model-rules.ts';
import { mayDo, mostTokens } from './rules.ts';

interface AdmitPorts {
  rates: Rates;
  catalog: Catalog;
  newId: () => string;
}

interface Asked {
  call: Call;
  /** Absent where nothing is used. */
  purpose: Purpose | undefined;
  /** What the caller must be allowed to do; absent where everybody may. */
  needs: Purpose | undefined;
  /** When the call ends at the latest, epoch milliseconds. */
  until: number;
}

export interface Admission {
  /** Its answer's bound on tokens is lowered where a level asks for that. */
  call: Call;
  reservation: Reservation;
  /** Tokens that were reserved. */
  reserved: number;
  /** Why it is kept out by its limits. */
  error?: GatewayError;
}

/** Tokens of an answer that has no bound: reserved until it is known what was used. */
const usualOutput: Partial<Record<Purpose, number>> = { chat: 1_000, image: MEDIA_TOKENS, speech: MEDIA_TOKENS };

/**
 * Whether a request may go on: its model, what it is for, and the limits of its key, the key's group and the organisation.
 * Throws `model_not_found` for a model that is not allowed: clients know what to do with a model that is not there, while a 403
 * makes some of them ask for another key, and the list of models does not show it either.
 */
export async function admit(
  { call, purpose, needs, until }: Asked,
  { rates, catalog, newId }: AdmitPorts,
): Promise<Admission> {
  const { caller, glance } = call;
  if (!isRuled(caller)) return { call, reservation: unlimited, reserved: 0 };
  if (glance.model !== '') {
    checkModel(caller, glance.model, catalog);
    checkOtherModels(caller, call.body.value, glance.model, catalog);
  }
  if (needs !== undefined && !mayDo(caller, needs)) throw wrongPurpose(needs, caller);
  if (purpose === undefined) return { call, reservation: unlimited, reserved: 0 };
  // What has no body asks for nothing new.
  const most = purpose === 'chat' && call.body.bytes.byteLength > 0 ? mostTokens(caller) : undefined;
  const bounded = most === undefined ? call : withMostTokens(call, most);
  const levels = levelsOf(caller);
  const isCounted = levels.some(({ limits }) => limits.tpm !== undefined);
  const input = isCounted ? estimateBody(call.body) : 0;
  const output = bounded.glance.maxTokens ?? usualOutput[purpose] ?? 0;
  // Short: it is an attribute of every scope while the request runs.
  const id = newId().slice(0, 12);
  const reservation = await rates.reserve(levels, { id, input, output, until });
  const { refused } = reservation;
  const error = refused ? { error: limitReached(refused, caller) } : {};
  return { call: bounded, reservation, reserved: input + output, ...error };
}

const unlimited: Reservation = { async settle() {} };

/** The levels of a caller that have limits of their own. */
export function levelsOf(caller: Caller): Level[] {
  if (!isRuled(caller)) return [];
  const own = { id: caller.id, limits: ownRules(caller).limits ?? {} };
  return [own, ...caller.groups.map(({ id, rules }) => ({ id: groupScope(id), limits: rules?.limits ?? {} }))];
}

/** No caller's id begins so. */
const groupScope = (id: string): string => `group_${id}`;

/** The call with its body changed at the top level: both roads take the bound from there. */
function withMostTokens(call: Call, most: number): Call {
  const { http, body, glance, dialect, context } = call;
  const set = dialect.boundTokens(body.value, most);
  const names = Object.keys(set);
  if (names.length === 0) return call;
  const texts = Object.fromEntries(names.map((name) => [name, JSON.stringify(set[name])]));
  const bounded = readJsonBody(editMembers(body, { set: texts }), unbounded);
  return {
    ...call,
    body: bounded,
    glance: { ...glance, maxTokens: Math.min(glance.maxTokens ?? most, most) },
    request: lazily(() => dialect.readRequest(bounded.value, http)),
    context: { ...context, request: bounded.value },
  };
}

/** The caller's own body was within its bounds. */
const unbounded = { depth: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const wrongPurpose = (purpose: Purpose, caller: RuledCaller): GatewayError =>
  new GatewayError('forbidden', `This ${nameOf(caller)} may not be used for ${purposes[purpose]}.`);

/** What a caller shows to be let in. */
const nameOf = ({ type }: RuledCaller): string => (type === 'key' ? 'API key' : 'identity');

const lackNames = {
  requests: 'requests per minute',
  tokens: 'tokens per minute',
  concurrency: 'requests at once',
  size: 'tokens per minute',
} as const;

function limitReached({ level, what, waitMs }: Refused, caller: RuledCaller): GatewayError {
  const { rpm, tpm, concurrency } = level.limits;
  const limit = { requests: rpm, tokens: tpm, concurrency, size: tpm }[what];
  const place = `${lackNames[what]} of ${ownerOf(level.id, caller)} (limit ${limit})`;
  if (what === 'size') {
    const message = `Request too large for the ${place}. The input must be reduced.`;
    return new GatewayError('rate_limited', message, { code: 'rate_limit_exceeded', retryable: false });
  }
  const seconds = waitMs / 1000;
  const message = `Rate limit reached for ${place}. Please try again in ${seconds}s.`;
  return new GatewayError('rate_limited', message, { code: 'rate_limit_exceeded', retryAfter: seconds });
}

function ownerOf(scope: string, caller: RuledCaller): string {
  if (scope === groupScope(ORGANIZATION)) return 'the organization';
  return scope.startsWith('group_') ? `the group '${scope.slice('group_'.length)}'` : `this ${nameOf(caller)}`;
}
