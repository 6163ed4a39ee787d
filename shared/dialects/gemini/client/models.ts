import { defined } from '../../../chat/defined.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { Headers } from '../../../http/message.ts';
import type { ListedModel } from '../../kit/listed-model.ts';

/** In which Google's clients send their key; the query's `key` is the other place. */
export const KEY_HEADER = 'x-goog-api-key';

/** Google's clients alone send their key so. */
export const isGeminiCaller = (headers: Headers): boolean => headers[KEY_HEADER] !== undefined;

/** @see https://ai.google.dev/api/models#Model */
export const writeModel = (model: Omit<ListedModel, 'provider'>): JsonObject => {
  const {
    id,
    model: name = id,
    displayName = id,
    contextLength,
    maxInputTokens = contextLength,
    maxOutputTokens,
    thinks,
  } = model;
  return {
    name: `models/${id}`,
    version: '1',
    displayName,
    supportedGenerationMethods: methodsOf(name),
    ...defined({ inputTokenLimit: maxInputTokens, outputTokenLimit: maxOutputTokens, thinking: thinks }),
  };
};

/** Nothing but a model's name says what it is for. Clients offer for conversations what has `generateContent`. */
function methodsOf(model: string): string[] {
  if (/embed/i.test(model)) return ['embedContent'];
  if (/whisper|tts|dall-e|gpt-image/i.test(model)) return [];
  return ['generateContent', 'streamGenerateContent', 'countTokens'];
}

const MOST = 1000;
const USUAL = 50;

/**
 * One page of models, as the query asks for it: `pageSize`, `pageToken`. Throws `invalid_request` naming the parameter.
 * @see https://ai.google.dev/api/models#method:-models.list
 */
export function writeModelPage(models: readonly ListedModel[], query: string): JsonObject {
  const asked = new URLSearchParams(query);
  const size = numberIn(asked, 'pageSize') || USUAL;
  const start = numberIn(asked, 'pageToken');
  const end = start + Math.min(size, MOST);
  return {
    models: models.slice(start, end).map(writeModel),
    ...(end < models.length ? { nextPageToken: String(end) } : {}),
  };
}

function numberIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (/^\d{0,9}$/.test(text)) return Number(text);
  throw new GatewayError('invalid_request', `${name}: expected a whole number.`, { param: name });
}
