import type { ChatRequest } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { entryOf } from '../../kit/read-values.ts';
import { refuseChoices, unsupportedValue } from '../../kit/refusals.ts';
import type { Traits } from '../../traits.ts';

type Asked = (request: ChatRequest) => unknown;

/** What goes into `model_info` beside the model, by the name callers and the API know it by. */
const taken: readonly (readonly [string, Asked])[] = [
  ['temperature', ({ temperature }) => temperature],
  ['top_p', ({ topP }) => topP],
  ['top_k', ({ topK }) => topK],
  ['frequency_penalty', ({ frequencyPenalty }) => frequencyPenalty],
  ['presence_penalty', ({ presencePenalty }) => presencePenalty],
  ['seed', ({ seed }) => seed],
  ['stop', ({ stop }) => stop],
];

/** What such an API cannot do, but an answer without it is still an answer. */
const untaken: readonly (readonly [string, Asked])[] = [
  ['logprobs', ({ logprobs }) => logprobs],
  ['reasoning_effort', ({ reasoning }) => reasoning],
  ['user', ({ endUser }) => endUser],
  ['service_tier', ({ serviceTier }) => serviceTier],
];

/** What it cannot do, and without which the answer would be another one. */
const refused: readonly (readonly [string, Asked, string])[] = [
  ['tools', ({ tools }) => tools?.length, 'takes no tools'],
  ['response_format', ({ format }) => format && format.type !== 'text', 'promises no JSON'],
  ['audio', ({ native }) => native?.fields.audio, 'answers in text only'],
  ['web_search_options', ({ native }) => native?.fields.web_search_options, 'searches no web'],
];

/** Model and sampling, renamed and left out as the configuration says; with the names of what the API does not take. */
export function writeModelInfo(
  request: ChatRequest,
  model: string,
  traits: Traits,
): { info: JsonObject; dropped: string[] } {
  refuseChoices(request.choices);
  for (const [name, isAsked, reason] of refused) {
    if (isAsked(request)) throw unsupportedValue(name, reason);
  }
  const bound =
    request.maxTokens === undefined ? undefined : Math.min(request.maxTokens, traits.maxOutputTokens ?? Infinity);
  const values = [
    ['model', model] as const,
    ['max_tokens', bound] as const,
    ...taken.map(([name, read]) => [name, read(request)] as const),
  ].filter(([, value]) => value !== undefined);
  const dropped = values.map(([name]) => name).filter((name) => traits.drops?.includes(name));
  const kept = values.filter(([name]) => !dropped.includes(name));
  const foreign = Object.entries(request.native?.fields ?? {}).filter(([, value]) => value != null);
  return {
    info: Object.fromEntries(kept.map(([name, value]) => [entryOf(traits.renames ?? {}, name) ?? name, value])),
    dropped: [
      ...dropped,
      ...untaken.filter(([, read]) => read(request) !== undefined).map(([name]) => name),
      ...foreign.map(([name]) => name),
    ],
  };
}
