import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { counted } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireReply, WireUsage } from './wire-reply.ts';

/**
 * Token counts of a reply or a chunk, wherever its provider puts them: `usage`, Groq's `x_groq.usage`, Moonshot's
 * `choices[0].usage`. One of them is taken, never their sum.
 */
export function readUsage(body: Unchecked<WireReply>): Usage | undefined {
  return readCounts(body.usage) ?? readCounts(member(body.x_groq, 'usage')) ?? readCounts(usageOfChoice(body.choices));
}

function usageOfChoice(choices: unknown): unknown {
  return Array.isArray(choices) ? member(choices[0], 'usage') : undefined;
}

const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined);

function readCounts(wire: unknown): Usage | undefined {
  if (!isJsonObject(wire)) return undefined;
  const usage: Unchecked<WireUsage> = wire;
  const input = tokenCount(usage.prompt_tokens);
  const completion = tokenCount(usage.completion_tokens);
  if (input === undefined && completion === undefined) return undefined;
  const prompt = usage.prompt_tokens_details;
  const details = usage.completion_tokens_details;
  const reasoning = tokenCount(member(details, 'reasoning_tokens'));
  return {
    input: input ?? 0,
    // Some providers count thinking beside the completion; the total must hold it.
    output: Math.max(completion ?? 0, reasoning ?? 0),
    ...counted('cacheRead', member(prompt, 'cached_tokens') ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens),
    ...counted('cacheWrite', member(prompt, 'cache_write_tokens')),
    ...counted('reasoning', reasoning),
    ...counted('audioInput', member(prompt, 'audio_tokens')),
    ...counted('audioOutput', member(details, 'audio_tokens')),
  };
}

/** Totals include cached and thinking tokens; the details are always there, since some clients rely on them. */
export function writeUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead ?? 0,
      ...(usage.cacheWrite === undefined ? {} : { cache_write_tokens: usage.cacheWrite }),
      audio_tokens: usage.audioInput ?? 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning ?? 0,
      audio_tokens: usage.audioOutput ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
