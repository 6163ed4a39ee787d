import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { boundFields } from '../../kit/bound-tokens.ts';
import { numberOf } from '../../kit/read-values.ts';
import type { RateReport } from '../../rates.ts';

/** Anthropic's thinking has at least so many tokens, and fewer than the whole answer. */
const LEAST_THINKING = 1_024;

/** A bound on the answer below what the request's thinking asks for is a 400: the thinking is lowered with it, or goes. */
export function boundTokens(body: JsonObject, most: number): JsonObject {
  const set = boundFields(body, ['max_tokens'], most);
  const { thinking } = body;
  if (!isJsonObject(thinking) || !(numberOf(thinking.budget_tokens) >= most)) return set;
  const lowered = most > LEAST_THINKING ? { ...thinking, budget_tokens: most - 1 } : { type: 'disabled' };
  return { ...set, thinking: lowered };
}

/** @see https://platform.claude.com/docs/en/api/rate-limits#response-headers */
export function rateHeaders({ requests, tokens }: RateReport, now: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, left] of Object.entries({ requests, tokens })) {
    if (!left) continue;
    headers[`anthropic-ratelimit-${name}-limit`] = String(left.limit);
    headers[`anthropic-ratelimit-${name}-remaining`] = String(left.remaining);
    // Whole seconds, rounded up: at that time all of it is there.
    const at = Math.ceil((now + left.resetMs) / 1000) * 1000;
    headers[`anthropic-ratelimit-${name}-reset`] = new Date(at).toISOString().replace('.000Z', 'Z');
  }
  return headers;
}
