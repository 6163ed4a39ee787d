import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { counted } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireUsage } from './wire-reply.ts';

/** Anthropic counts cached tokens beside `input_tokens`, the hub within: all of this dialect's sums are made here. */
export function readUsage(usage: Unchecked<WireUsage>): Usage {
  const cacheRead = tokenCount(usage.cache_read_input_tokens) ?? 0;
  const cacheWrite = tokenCount(usage.cache_creation_input_tokens) ?? 0;
  const written = isJsonObject(usage.cache_creation) ? usage.cache_creation : {};
  const details = isJsonObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    input: (tokenCount(usage.input_tokens) ?? 0) + cacheRead + cacheWrite,
    output: tokenCount(usage.output_tokens) ?? 0,
    ...counted('cacheRead', cacheRead),
    ...counted('cacheWrite', cacheWrite),
    ...counted('cacheWriteHour', written.ephemeral_1h_input_tokens),
    ...counted('reasoning', details.thinking_tokens),
  };
}

/**
 * The counts of a stream so far: those of `message_delta` overwrite those of `message_start` and are totals themselves. Some
 * providers repeat a count as zero or null where they mean that it has not changed.
 */
export function mergeCounts(before: JsonObject, next: JsonObject): JsonObject {
  const changed = Object.entries(next).filter(([name, value]) => value != null && !(value === 0 && before[name]));
  return { ...before, ...Object.fromEntries(changed) };
}

export function writeUsage(usage: Usage): JsonObject {
  const { input, output, cacheRead = 0, cacheWrite = 0, cacheWriteHour = 0, reasoning } = usage;
  return {
    input_tokens: Math.max(0, input - cacheRead - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: Math.max(0, cacheWrite - cacheWriteHour),
      ephemeral_1h_input_tokens: cacheWriteHour,
    },
    output_tokens: output,
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}
