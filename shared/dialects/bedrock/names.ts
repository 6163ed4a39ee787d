import type { FinishReason } from '../../chat/events.ts';
import type { Citation } from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { wordOf } from '../kit/read-values.ts';

/** The dialect's name, and the one in `native`. */
export const BEDROCK = 'bedrock';

/** Claude's signatures are the same here and at Anthropic: each takes the other's. */
export const ISSUER = 'anthropic';

/** A call of a tool that AWS runs: what it found is in the answer. */
export const RUN_BY_AWS = 'server_tool_use';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>(
  Object.entries({
    end_turn: 'stop',
    stop_sequence: 'stop-sequence',
    max_tokens: 'length',
    model_context_window_exceeded: 'context',
    tool_use: 'tool-calls',
    guardrail_intervened: 'refused',
    content_filtered: 'refused',
    refusal: 'refused',
    pause_turn: 'paused',
  }),
);

/** Reasons that are failures of the model, sent as an end. */
export const failedReasons: ReadonlySet<string> = new Set(['malformed_model_output', 'malformed_tool_use']);

interface Ending {
  reason: string | undefined;
  /** Fields of the model's own: which stop sequence it met. */
  additional: unknown;
  /** Tools were called, the one that stands in for a schema not counted. */
  called: boolean;
}

/** An unknown reason is an ordinary end: the text is there, and a new reason of AWS must not break callers. */
export function readFinish({ reason = '', additional, called }: Ending): {
  finish: FinishReason;
  stopSequence?: string;
} {
  const said = finishReasons.get(reason) ?? 'stop';
  const met = isJsonObject(additional) ? additional.stop_sequence : undefined;
  if (said === 'stop-sequence' && typeof met === 'string') return { finish: said, stopSequence: met };
  // The forced tool that stands in for a schema is no call; a call with an ordinary end still is one.
  if (said === 'tool-calls' && !called) return { finish: 'stop' };
  return { finish: said === 'stop' && called ? 'tool-calls' : said };
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export function readCitation(citation: JsonObject): Citation {
  const { title, location } = citation;
  const web = isJsonObject(location) && isJsonObject(location.web) ? location.web : {};
  return {
    ...(typeof web.url === 'string' ? { url: web.url } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    native: { dialect: BEDROCK, fields: citation },
  };
}

/** An image the model made, as its media type and base64; nothing where it gives no bytes. */
export function readImage(format: unknown, source: unknown): { mediaType: string; data: string } | undefined {
  const data = isJsonObject(source) ? source.bytes : undefined;
  return typeof data === 'string' && data !== '' ? { mediaType: `image/${wordOf(format) || 'png'}`, data } : undefined;
}
