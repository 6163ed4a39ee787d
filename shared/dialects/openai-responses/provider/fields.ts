import type { ChatRequest } from '../../../chat/request.ts';
import { OPENAI_RESPONSES } from '../names.ts';

/** What Responses has no parameter for: left out and named, as callers name it. */
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

/** Fields of a request that this dialect has no place for, by the names their callers gave them. */
export function unwrittenFields(request: ChatRequest): string[] {
  const { native, serviceTier, reasoning } = request;
  return [
    ...unknown.flatMap(([field, name]) => (request[field] === undefined ? [] : [name])),
    ...(serviceTier !== undefined && !serviceTiers.has(serviceTier) ? ['service_tier'] : []),
    ...(reasoning?.effort !== undefined && !efforts.has(reasoning.effort) ? ['reasoning_effort'] : []),
    ...(native && native.dialect !== OPENAI_RESPONSES ? Object.keys(native.fields) : []),
  ];
}
