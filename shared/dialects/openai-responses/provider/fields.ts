import type { ChatRequest } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import type { Traits } from '../../traits.ts';
import { OPENAI_RESPONSES } from '../names.ts';

/** What Responses has no parameter for: left out and named, in the callers' words. */
const unknown: readonly (readonly [keyof ChatRequest, string])[] = [
  ['topK', 'top_k'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['seed', 'seed'],
  ['stop', 'stop'],
];

/** Tiers it knows; another vendor's would be a 400. */
const serviceTiers: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast']);

/** Levels of effort it knows; a model that does not know one says so itself. */
export const efforts: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

export const knownTier = (tier: string | undefined): string | undefined =>
  tier !== undefined && serviceTiers.has(tier) ? tier : undefined;

/** Fields of a request that cannot be said here, by the names their callers gave them. */
export function unsaid(request: ChatRequest): string[] {
  const { native, serviceTier, reasoning } = request;
  return [
    ...unknown.flatMap(([field, name]) => (request[field] === undefined ? [] : [name])),
    ...(serviceTier !== undefined && !serviceTiers.has(serviceTier) ? ['service_tier'] : []),
    ...(reasoning?.effort !== undefined && !efforts.has(reasoning.effort) ? ['reasoning_effort'] : []),
    ...(native && native.dialect !== OPENAI_RESPONSES ? Object.keys(native.fields) : []),
  ];
}

export function checkChoices(choices = 1): void {
  if (choices <= 1) return;
  const message = `Unsupported value: 'n' does not support ${choices} with this model; only 1 is.`;
  throw new GatewayError('invalid_request', message, { param: 'n', code: 'unsupported_value' });
}

export interface FieldEdits {
  rename: Record<string, string>;
  remove: Set<string>;
  dropped: string[];
}

/** Which top-level fields must go or be renamed for a provider: the same on both roads. */
export function fieldEdits(names: readonly string[], { drops, renames }: Traits): FieldEdits {
  const dropped = names.filter((name) => drops?.includes(name));
  return { rename: { ...renames }, remove: new Set(dropped), dropped };
}
