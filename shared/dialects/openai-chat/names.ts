import type { FinishReason } from '../../chat/events.ts';
import type { Citation, Signature } from '../../chat/request.ts';
import { isJsonObject } from '../../http/json.ts';
import { entryOf } from '../kit/read-values.ts';

/** The dialect's name, on both sides and in `native`. */
export const OPENAI_CHAT = 'openai-chat';

/** The field that asks for a search of the web. */
export const WEB_SEARCH_OPTIONS = 'web_search_options';

/** What providers of this dialect say at the end, their own inventions included (protocol notes by provider). */
const finishReasons: Record<string, FinishReason> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  normal: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'context',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'refused',
  sensitive: 'refused',
};

/** An unknown reason is an ordinary end: the text is there, and a new reason of a vendor must not break callers. */
export const readFinish = (reason: string): FinishReason => entryOf(finishReasons, reason) ?? 'stop';

/** Reasons that are failures of the provider, sent as an end. */
export const failedReasons: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource', 'network_error']);

const finishNames: Record<FinishReason, string> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  context: 'length',
  'tool-calls': 'tool_calls',
  refused: 'content_filter',
  paused: 'stop',
};

export const writeFinish = (reason: FinishReason): string => finishNames[reason];

/**
 * A signature on a call or a text has no field in this dialect and stands in `extra_content`, where Gemini's own
 * compatible endpoint puts it.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export function writeExtraContent({ issuer, value }: Signature): Record<string, unknown> {
  return issuer === 'gemini' ? { google: { thought_signature: value } } : { [issuer]: { signature: value } };
}

export function readExtraContent(extra: unknown): Signature | undefined {
  if (!isJsonObject(extra)) return undefined;
  for (const [issuer, fields] of Object.entries(extra)) {
    if (!isJsonObject(fields)) continue;
    if (issuer === 'google' && typeof fields.thought_signature === 'string') {
      return { issuer: 'gemini', value: fields.thought_signature };
    }
    if (typeof fields.signature === 'string') return { issuer, value: fields.signature };
  }
  return undefined;
}

/** @see https://platform.openai.com/docs/api-reference/chat/object annotations */
export function writeAnnotation({ url, title, start, end }: Citation): Record<string, unknown> {
  return {
    type: 'url_citation',
    url_citation: { start_index: start ?? 0, end_index: end ?? 0, title: title ?? '', url: url ?? '' },
  };
}

export function readAnnotation(annotation: unknown): Citation | undefined {
  const cited = isJsonObject(annotation) ? annotation.url_citation : undefined;
  if (!isJsonObject(cited)) return undefined;
  return {
    ...(typeof cited.url === 'string' ? { url: cited.url } : {}),
    ...(typeof cited.title === 'string' ? { title: cited.title } : {}),
    ...(typeof cited.start_index === 'number' ? { start: cited.start_index } : {}),
    ...(typeof cited.end_index === 'number' ? { end: cited.end_index } : {}),
  };
}
