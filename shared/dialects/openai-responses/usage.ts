import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { counted } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireUsage } from './wire-reply.ts';

const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined);

/** Token counts of a response. Totals include cached and thinking tokens. */
export function readUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined;
  const usage: Unchecked<WireUsage> = wire;
  // Some servers (Fireworks) count under the names of chat completions.
  const input = tokenCount(usage.input_tokens) ?? tokenCount(usage.prompt_tokens);
  const output = tokenCount(usage.output_tokens) ?? tokenCount(usage.completion_tokens);
  if (input === undefined && output === undefined) return undefined;
  const reasoning = tokenCount(member(usage.output_tokens_details, 'reasoning_tokens'));
  return {
    input: input ?? 0,
    // Some servers count thinking beside the output; the total must hold it.
    output: Math.max(output ?? 0, reasoning ?? 0),
    ...counted('cacheRead', member(usage.input_tokens_details, 'cached_tokens')),
    ...counted('cacheWrite', member(usage.input_tokens_details, 'cache_write_tokens')),
    ...counted('reasoning', reasoning),
  };
}

/** The details are always there: some clients fail without them. */
export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead ?? 0, cache_write_tokens: usage.cacheWrite ?? 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: usage.input + usage.output,
  };
}
