import type { ChatRequest } from '../../../chat/request.ts';
import { refuseChoices, unsupportedValue } from '../../kit/refusals.ts';
import { ANTHROPIC } from '../names.ts';

/** What the hub can ask for and this dialect has no field for, under the names callers know. */
const untaken: readonly (readonly [keyof ChatRequest, string])[] = [
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['seed', 'seed'],
  ['logprobs', 'logprobs'],
];

/** Fields of other dialects without which the answer would be another one: refused where they ask for something. */
const refused: Readonly<Record<string, (value: unknown) => boolean>> = {
  modalities: (value) => Array.isArray(value) && value.some((modality) => modality !== 'text'),
  audio: (value) => value != null,
  web_search_options: (value) => value != null,
};

/** Fields of our own dialect that go on to a provider of it; those of betas need a header that goes on the short road only. */
const ownFields = new Set(['cache_control', 'inference_geo', 'container']);

export interface OtherFields {
  /** What the caller asked for and the vendor does not take. */
  dropped: string[];
  /** What goes into the request unchanged. */
  own: Record<string, unknown>;
}

/** What becomes of fields that have no place of their own in this dialect. Refuses what would change the answer. */
export function otherFields(request: ChatRequest): OtherFields {
  refuseChoices(request.choices);
  const dropped = untaken.flatMap(([field, name]) => (isAsked(request[field]) ? [name] : []));
  const { dialect, fields = {} } = request.native ?? {};
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value == null) continue;
    if (dialect === ANTHROPIC && ownFields.has(name)) own[name] = value;
    else if (dialect !== ANTHROPIC && Object.hasOwn(refused, name) && refused[name]!(value)) {
      throw unsupportedValue(name, `knows no '${name}'`);
    } else dropped.push(name);
  }
  return { dropped, own };
}

/** A penalty of zero is none. */
const isAsked = (value: unknown): boolean => value !== undefined && value !== 0;
