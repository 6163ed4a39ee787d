import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import type { Operation } from '../dialect.ts';
import {
  imageReplies,
  imageUsage,
  speechReplies,
  speechUsage,
  transcriptReplies,
  transcriptUsage,
} from './openai/media-replies.ts';

/**
 * What a reply reports that is neither a conversation nor vectors: `usage.total_tokens` (Jina, Voyage, vLLM),
 * `usage.prompt_tokens` and `input_tokens` (OpenAI), `meta.billed_units` (Cohere).
 * @see https://docs.cohere.com/reference/rerank
 */
function usageOf({ usage, meta }: JsonObject): Usage | undefined {
  const counts = isJsonObject(usage) ? usage : {};
  const billed = isJsonObject(meta) && isJsonObject(meta.billed_units) ? meta.billed_units : {};
  const input = tokenCount(counts.prompt_tokens ?? counts.input_tokens ?? counts.total_tokens ?? billed.input_tokens);
  const searches = tokenCount(billed.search_units);
  if (input === undefined && searches === undefined) return undefined;
  return { input: input ?? 0, output: 0, ...(searches === undefined ? {} : { searches }) };
}

/** Documents in the order of their relevance to a query, in the shape that Cohere, Jina, Voyage and vLLM share. */
export const rerank: Operation = { path: beside('/rerank'), usageOf };

const images = { usageOf: imageUsage, open: imageReplies };
const transcripts = { usageOf: transcriptUsage, open: transcriptReplies };

/** Operations of servers that speak OpenAI chat: each by its name, at its path under the base URL. A new one is a line here. */
export const openaiOperations = {
  /** @see https://platform.openai.com/docs/api-reference/moderations */
  moderations: { path: beside('/moderations'), usageOf },
  rerank,
  /** @see https://platform.openai.com/docs/api-reference/images */
  imageGenerations: { path: beside('/images/generations'), ...images },
  imageEdits: { path: beside('/images/edits'), ...images },
  imageVariations: { path: beside('/images/variations'), ...images },
  /** @see https://platform.openai.com/docs/api-reference/audio */
  speech: { path: beside('/audio/speech'), usageOf: speechUsage, open: speechReplies },
  transcriptions: { path: beside('/audio/transcriptions'), ...transcripts },
  translations: { path: beside('/audio/translations'), ...transcripts },
} satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof openaiOperations;

/**
 * The path of an operation beside that of conversations: `/deployments/x/chat/completions` gives `/deployments/x/rerank`. A
 * conversation's path of another form says nothing of where else the provider is asked.
 */
function beside(path: string): Operation['path'] {
  const chat = /\/chat(?:\/completions)?(?=\?|$)/;
  return (chatPath) => {
    if (chatPath === undefined) return path;
    return chat.test(chatPath) ? chatPath.replace(chat, path) : undefined;
  };
}
