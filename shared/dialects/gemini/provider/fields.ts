import type { ChatRequest } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { wordOf } from '../../kit/read-values.ts';
import { unsupportedValue } from '../../kit/refusals.ts';
import { isThinkingOff } from '../../kit/thinking.ts';
import type { Traits } from '../../traits.ts';
import { GEMINI } from '../names.ts';
import type { ModelTraits } from './models.ts';
import { writeThinking } from './thinking.ts';

const MOST_STOPS = 5;

interface Given {
  request: ChatRequest;
  modelTraits: ModelTraits;
  traits: Traits;
}

/** What Gemini's `generationConfig` says for it; undefined where it has no form. */
type Write = (given: Given) => JsonObject | undefined;
type Asked = (request: ChatRequest) => boolean;

/** All a caller may ask for beside the conversation and its tools: its name there, whether it is asked for, how it is written. */
const fields: readonly (readonly [string, Asked, Write])[] = [
  ['max_tokens', ({ maxTokens }) => maxTokens !== undefined, ({ request, traits }) => bound(request, traits)],
  [
    'temperature',
    ({ temperature }) => temperature !== undefined,
    ({ request, modelTraits }) =>
      sampling(modelTraits, { temperature: request.temperature }, request.temperature === 1),
  ],
  [
    'top_p',
    ({ topP }) => topP !== undefined,
    ({ request, modelTraits }) => sampling(modelTraits, { topP: request.topP }, request.topP === 1),
  ],
  [
    'top_k',
    ({ topK }) => topK !== undefined,
    ({ request, modelTraits }) => sampling(modelTraits, { topK: request.topK }, false),
  ],
  [
    'frequency_penalty',
    ({ frequencyPenalty }) => Boolean(frequencyPenalty),
    ({ request, modelTraits }) =>
      modelTraits.takesPenalties ? { frequencyPenalty: request.frequencyPenalty } : undefined,
  ],
  [
    'presence_penalty',
    ({ presencePenalty }) => Boolean(presencePenalty),
    ({ request, modelTraits }) =>
      modelTraits.takesPenalties ? { presencePenalty: request.presencePenalty } : undefined,
  ],
  // A number of 32 bits there; a longer one is folded, the same each time.
  ['seed', ({ seed }) => seed !== undefined, ({ request }) => ({ seed: request.seed! | 0 })],
  ['stop', ({ stop }) => stop !== undefined, ({ request }) => writeStop(request.stop!)],
  ['n', ({ choices }) => (choices ?? 1) > 1, ({ request }) => ({ candidateCount: request.choices })],
  [
    'logprobs',
    ({ logprobs }) => logprobs !== undefined,
    ({ request }) => ({ responseLogprobs: true, ...(request.logprobs?.top ? { logprobs: request.logprobs.top } : {}) }),
  ],
  [
    'reasoning_effort',
    ({ reasoning }) => reasoning !== undefined,
    ({ request, modelTraits }) => {
      const thinkingConfig = writeThinking(request.reasoning!, modelTraits, request.maxTokens);
      if (thinkingConfig) return { thinkingConfig };
      return isThinkingOff(request.reasoning!) ? {} : undefined;
    },
  ],
  ['modalities', ({ native }) => Array.isArray(native?.fields.modalities), ({ request }) => writeModalities(request)],
  ['parallel_tool_calls', ({ parallelToolCalls }) => parallelToolCalls === false, () => undefined],
  ['strict', ({ tools }) => tools?.some(({ strict }) => strict) ?? false, () => undefined],
  ['user', ({ endUser }) => endUser !== undefined, () => undefined],
  [
    'service_tier',
    ({ serviceTier }) => serviceTier !== undefined && serviceTier !== 'auto' && serviceTier !== 'default',
    () => undefined,
  ],
];

/** Fields of other dialects without which the answer would be another one. */
const refused: ReadonlySet<string> = new Set(['audio', 'web_search_options']);
/** Written above. */
const known: ReadonlySet<string> = new Set(['modalities']);

/** Fields of Gemini's own that stand beside `generationConfig`; all others stand in it. */
const besideConfig: ReadonlySet<string> = new Set([
  'safetySettings',
  'labels',
  'store',
  'serviceTier',
  'modelArmorConfig',
]);

export interface Parameters {
  generationConfig: JsonObject;
  /** Fields of a caller of this dialect that go beside it as they came. */
  own: JsonObject;
  dropped: string[];
}

/** The parameters of a request as Gemini takes them. Refuses what would change the answer's meaning if it were left out. */
export function writeParameters(request: ChatRequest, modelTraits: ModelTraits, traits: Traits): Parameters {
  if ((request.choices ?? 1) > 1 && request.tools?.length) {
    throw unsupportedValue('n', 'gives more than one answer only where there are no tools');
  }
  const given = Object.entries(request.native?.fields ?? {}).filter(([, value]) => value != null);
  const isOwn = request.native?.dialect === GEMINI;
  const native = isOwn ? [] : given;
  const own = isOwn ? given.filter(([name]) => !traits.drops?.includes(name)) : [];
  for (const [name] of native) if (refused.has(name)) throw unsupportedValue(name, `knows no '${name}'`);

  const generationConfig: JsonObject = Object.fromEntries(own.filter(([name]) => !besideConfig.has(name)));
  const dropped: string[] = (isOwn ? given : []).filter((field) => !own.includes(field)).map(([name]) => name);
  for (const [name, isAsked, write] of fields) {
    if (!isAsked(request)) continue;
    const written = traits.drops?.includes(name) ? undefined : write({ request, modelTraits, traits });
    if (written) Object.assign(generationConfig, written);
    else dropped.push(name);
  }
  return {
    generationConfig,
    own: Object.fromEntries(own.filter(([name]) => besideConfig.has(name))),
    dropped: [...dropped, ...native.map(([name]) => name).filter((name) => !known.has(name))],
  };
}

const bound = ({ maxTokens }: ChatRequest, { maxOutputTokens }: Traits): JsonObject => ({
  maxOutputTokens: Math.min(maxTokens!, maxOutputTokens ?? Number.POSITIVE_INFINITY),
});

/** A value that is the model's own default need not be sent, and leaving it out is no loss. */
function sampling({ takesSampling }: ModelTraits, config: JsonObject, isUsual: boolean): JsonObject | undefined {
  if (takesSampling) return config;
  return isUsual ? {} : undefined;
}

function writeStop(stop: readonly string[]): JsonObject {
  const sequences = stop.filter((text) => text !== '');
  if (sequences.length > MOST_STOPS) throw unsupportedValue('stop', `takes at most ${MOST_STOPS} stop sequences`);
  return sequences.length === 0 ? {} : { stopSequences: sequences };
}

function writeModalities({ native }: ChatRequest): JsonObject {
  const asked = (native!.fields.modalities as unknown[]).map((name) => wordOf(name).toUpperCase());
  if (asked.includes('AUDIO')) throw unsupportedValue('modalities', 'gives no sound in this form');
  return asked.every((name) => name === 'TEXT') ? {} : { responseModalities: asked };
}
