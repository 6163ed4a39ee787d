import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject } from '../../http/json.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireUsage } from './wire.ts';

/**
 * Token counts: `tokens` is what the model read and wrote, `billed_units` leaves out what Cohere gives for free and stands
 * in only where there is nothing else.
 */
export function readUsage(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined;
  const usage: Unchecked<WireUsage> = wire;
  return readCounts(usage.tokens, usage) ?? readCounts(usage.billed_units, usage);
}

function readCounts(counts: unknown, { cached_tokens: cached }: Unchecked<WireUsage>): Usage | undefined {
  if (!isJsonObject(counts)) return undefined;
  const input = tokenCount(counts.input_tokens);
  const output = tokenCount(counts.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = Math.min(tokenCount(cached) ?? 0, input ?? 0);
  return { input: input ?? 0, output: output ?? 0, ...(cacheRead === 0 ? {} : { cacheRead }) };
}
