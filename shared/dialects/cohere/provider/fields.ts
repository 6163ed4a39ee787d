import type { ChatRequest, Reasoning } from '../../../chat/request.ts';
import { refuseChoices, unsupportedValue } from '../../kit/refusals.ts';
import { isThinkingOff, thinkingBudgets } from '../../kit/thinking.ts';
import type { Traits } from '../../traits.ts';

/** Levels that ask for as much thinking as Cohere's model wants: it is given no bound. */
const unbounded: ReadonlySet<string> = new Set(['xhigh', 'max']);

const MOST_STOPS = 5;

type Value = (request: ChatRequest, traits: Traits) => unknown;

/** What a caller may ask for: its name there, Cohere's name, and the value in Cohere's range. */
const taken: readonly (readonly [string, string, Value])[] = [
  ['max_tokens', 'max_tokens', ({ maxTokens }, { maxOutputTokens }) => atMost(maxTokens, maxOutputTokens ?? Infinity)],
  ['temperature', 'temperature', ({ temperature }) => temperature],
  // The whole range of others ends where Cohere answers 400.
  ['top_p', 'p', ({ topP }) => (topP === undefined ? undefined : Math.min(0.99, Math.max(0.01, topP)))],
  ['top_k', 'k', ({ topK }) => atMost(topK, 500)],
  ['frequency_penalty', 'frequency_penalty', ({ frequencyPenalty }) => penalty(frequencyPenalty)],
  ['presence_penalty', 'presence_penalty', ({ presencePenalty }) => penalty(presencePenalty)],
  ['seed', 'seed', ({ seed }) => seed],
  ['stop', 'stop_sequences', ({ stop }) => writeStop(stop)],
  ['logprobs', 'logprobs', ({ logprobs }) => (logprobs ? true : undefined)],
  ['response_format', 'response_format', ({ format }) => writeFormat(format)],
  ['reasoning_effort', 'thinking', ({ reasoning }) => reasoning && writeThinking(reasoning)],
];

/** What a caller may ask for and Cohere does not take, by its name in the caller's request. */
const untaken: readonly (readonly [string, (request: ChatRequest) => boolean])[] = [
  ['frequency_penalty', ({ frequencyPenalty }) => (frequencyPenalty ?? 0) < 0],
  ['presence_penalty', ({ presencePenalty }) => (presencePenalty ?? 0) < 0],
  ['top_logprobs', ({ logprobs }) => (logprobs?.top ?? 0) > 0],
  ['parallel_tool_calls', ({ parallelToolCalls }) => parallelToolCalls === false],
  ['strict', ({ tools }) => tools?.some(({ strict }) => strict) ?? false],
  ['user', ({ endUser }) => endUser !== undefined],
  ['service_tier', ({ serviceTier }) => serviceTier !== undefined],
];

/** Fields of other dialects without which the answer would be another one. */
const refused: ReadonlySet<string> = new Set(['audio', 'web_search_options']);

export interface Parameters {
  fields: Record<string, unknown>;
  dropped: string[];
}

/** The parameters of a request as Cohere takes them. Refuses what would change the answer's meaning if it were left out. */
export function writeParameters(request: ChatRequest, traits: Traits): Parameters {
  refuseChoices(request.choices);
  const native = Object.entries(request.native?.fields ?? {}).filter(([, value]) => value != null);
  const foreign = native.map(([name]) => name);
  for (const name of foreign) if (refused.has(name)) throw unsupportedValue(name, `knows no '${name}'`);

  const fields: Record<string, unknown> = {};
  const dropped = untaken.filter(([, isAsked]) => isAsked(request)).map(([name]) => name);
  for (const [name, wireName, write] of taken) {
    const value = write(request, traits);
    if (value === undefined) continue;
    if (traits.drops?.includes(name)) dropped.push(name);
    else fields[traits.renames?.[wireName] ?? wireName] = value;
  }
  return { fields, dropped: [...dropped, ...foreign] };
}

const atMost = (value: number | undefined, most: number): number | undefined =>
  value === undefined ? undefined : Math.min(value, most);

/** Cohere's penalties go from 0 to 1; a negative one, which asks for repetition, has no form here. */
const penalty = (value: number | undefined): number | undefined =>
  value === undefined || value < 0 ? undefined : Math.min(1, value);

function writeStop(stop: readonly string[] = []): string[] | undefined {
  const sequences = stop.filter((text) => text !== '');
  if (sequences.length > MOST_STOPS) throw unsupportedValue('stop', `takes at most ${MOST_STOPS} stop sequences`);
  return sequences.length === 0 ? undefined : sequences;
}

function writeFormat(format: ChatRequest['format']): unknown {
  if (format === undefined || format.type === 'text') return undefined;
  const schema = format.type === 'json-schema' ? format.schema : undefined;
  return { type: 'json_object', ...(schema ? { json_schema: schema } : {}) };
}

function writeThinking(reasoning: Reasoning): unknown {
  if (isThinkingOff(reasoning)) return { type: 'disabled' };
  const { effort, budget } = reasoning;
  const isBounded = effort !== undefined && !unbounded.has(effort);
  const tokens = budget ?? (isBounded ? thinkingBudgets[effort] : undefined);
  return { type: 'enabled', ...(tokens === undefined ? {} : { token_budget: tokens }) };
}
