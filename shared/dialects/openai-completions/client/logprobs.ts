import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/**
 * Log probabilities as chat models give them, in the four lists of this dialect. `offset` is where in the text their first
 * token stands, in UTF-16 units.
 */
export function writeLogprobs(logprobs: unknown, offset: number): JsonObject | null {
  const content = isJsonObject(logprobs) ? logprobs.content : undefined;
  if (!Array.isArray(content)) return null;
  const tokens = content.filter(isJsonObject);
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    const start = at;
    at += textOf(token).length;
    return start;
  });
  return {
    tokens: tokens.map(({ token }) => textOf(token)),
    token_logprobs: tokens.map(({ logprob }) => numberOf(logprob)),
    top_logprobs: tokens.map(({ top_logprobs: top }) => topOf(top)),
    text_offset: offsets,
  };
}

const textOf = (token: unknown): string => (typeof token === 'string' ? token : '');

/** Some servers know infinities; JSON does not, and OpenAI writes the least likely as this. */
const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : -9999);

function topOf(top: unknown): JsonObject {
  const tokens = Array.isArray(top) ? top.filter(isJsonObject) : [];
  return Object.fromEntries(tokens.map(({ token, logprob }) => [textOf(token), numberOf(logprob)]));
}
