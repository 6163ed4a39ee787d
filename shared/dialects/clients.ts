import type { Headers, Incoming } from '../http/message.ts';
import { notCounted, readCount, readCountRequest, writeCount } from './anthropic/client/count-tokens.ts';
import { anthropicClient } from './anthropic/client/dialect.ts';
import { estimateInput } from './anthropic/client/estimate-input.ts';
import * as anthropicModels from './anthropic/client/models.ts';
import type { ClientDialect } from './dialect.ts';
import { openaiChatClient } from './openai-chat/client/dialect.ts';
import { readEmbeddingsRequest, writeEmbeddingsReply } from './openai-chat/client/embeddings.ts';
import * as openaiModels from './openai-chat/client/models.ts';
import { openaiCompletionsClient } from './openai-completions/client/dialect.ts';
import { openaiResponsesClient } from './openai-responses/client/dialect.ts';
import * as codexModels from './openai-responses/client/models.ts';

/** Conversations: every dialect that callers have them in, and the paths at which they do. */
export const conversationPaths: readonly { dialect: ClientDialect; paths: readonly string[] }[] = [
  { dialect: openaiChatClient, paths: ['/v1/chat/completions', '/chat/completions'] },
  { dialect: openaiCompletionsClient, paths: ['/v1/completions', '/completions'] },
  { dialect: openaiResponsesClient, paths: ['/v1/responses', '/responses'] },
  { dialect: anthropicClient, paths: ['/v1/messages', '/anthropic/v1/messages'] },
];

/** Answers that a provider keeps, as callers ask for them. */
export const keptClient = { dialect: openaiResponsesClient, paths: ['/v1/responses', '/responses'] };

/** Embeddings as callers ask for them. */
export const embeddingsClient = {
  dialect: openaiChatClient,
  readRequest: readEmbeddingsRequest,
  writeReply: writeEmbeddingsReply,
};

/** Counts of a request's tokens as callers ask for them. */
export const countingClient = {
  dialect: anthropicClient,
  paths: ['/v1/messages/count_tokens', '/anthropic/v1/messages/count_tokens'],
  readRequest: readCountRequest,
  /** Members that providers do not take here. */
  notCounted,
  readReply: readCount,
  writeReply: writeCount,
  estimate: estimateInput,
};

/** Where lists of models are asked for; a model's own name stands behind the path. */
export const modelPaths = ['/v1/models', '/models', '/anthropic/v1/models'];

/** How models are listed for a caller: one path serves three protocols. One model alone is asked for in two of them. */
export function modelListOf({ path, headers, query }: Pick<Incoming, 'path' | 'headers' | 'query'>) {
  if (clientOf(path, headers) === anthropicClient) {
    return { writeList: anthropicModels.writeModelPage, writeModel: anthropicModels.writeModel };
  }
  const { writeModelList } = codexModels.isCodexQuery(query) ? codexModels : openaiModels;
  return { writeList: writeModelList, writeModel: openaiModels.writeModel };
}

/** The dialect of a caller at a path that several share, or that does not exist. */
export function clientOf(path: string, headers: Headers): ClientDialect {
  const isAnthropic = anthropicModels.isAnthropicCaller(headers) || /\/v1\/messages\b|^\/anthropic\//.test(path);
  return isAnthropic ? anthropicClient : openaiChatClient;
}
