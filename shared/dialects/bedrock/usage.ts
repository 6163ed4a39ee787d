import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject } from '../../http/json.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireUsage } from './wire.ts';

/**
 * Token counts of a reply or of a stream's `metadata`. What was read from the cache or written to it stands beside
 * `inputTokens` here, and within `input` in the hub.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined;
  const usage: Unchecked<WireUsage> = wire;
  const input = tokenCount(usage.inputTokens);
  const output = tokenCount(usage.outputTokens);
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = tokenCount(usage.cacheReadInputTokens) ?? 0;
  const cacheWrite = tokenCount(usage.cacheWriteInputTokens) ?? 0;
  const cacheWriteHour = hourTokens(usage.cacheDetails);
  return {
    input: (input ?? 0) + cacheRead + cacheWrite,
    output: output ?? 0,
    ...(cacheRead > 0 ? { cacheRead } : {}),
    ...(cacheWrite > 0 ? { cacheWrite } : {}),
    ...(cacheWriteHour > 0 ? { cacheWriteHour } : {}),
  };
}

/** Of what was written to the cache, the part that is kept for an hour. */
function hourTokens(details: unknown): number {
  if (!Array.isArray(details)) return 0;
  return details
    .filter((detail) => isJsonObject(detail) && detail.ttl === '1h')
    .reduce((sum: number, detail) => sum + (tokenCount(detail.inputTokens) ?? 0), 0);
}
