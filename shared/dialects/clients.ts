import type { Headers } from '../http/message.ts';
import { anthropicClient } from './anthropic/client/dialect.ts';
import type { ClientDialect } from './dialect.ts';
import { openaiChatClient } from './openai-chat/client/dialect.ts';
import { readEmbeddingsRequest, writeEmbeddingsReply } from './openai-chat/client/embeddings.ts';
import { openaiCompletionsClient } from './openai-completions/client/dialect.ts';
import { openaiResponsesClient } from './openai-responses/client/dialect.ts';

/** A dialect and the paths at which callers speak it. */
export interface ConversationPaths {
  dialect: ClientDialect;
  paths: readonly string[];
}

/** Every dialect that callers have conversations in. */
export const conversationPaths: readonly ConversationPaths[] = [
  { dialect: openaiChatClient, paths: ['/v1/chat/completions', '/chat/completions'] },
  { dialect: openaiCompletionsClient, paths: ['/v1/completions', '/completions'] },
  { dialect: openaiResponsesClient, paths: ['/v1/responses', '/responses'] },
  { dialect: anthropicClient, paths: ['/v1/messages', '/anthropic/v1/messages'] },
];

/** What is spoken where a path is of no dialect: the one that most clients know. */
export const commonClient: ClientDialect = openaiChatClient;

/** The dialect of a caller at a path that several share, or that does not exist: only Anthropic's clients send a version. */
export function clientOf(path: string, headers: Headers): ClientDialect {
  const isAnthropic = headers['anthropic-version'] !== undefined || /\/v1\/messages\b|^\/anthropic\//.test(path);
  return isAnthropic ? anthropicClient : commonClient;
}

/** Embeddings as callers ask for them. */
export const embeddingsClient = {
  dialect: openaiChatClient,
  readRequest: readEmbeddingsRequest,
  writeReply: writeEmbeddingsReply,
};
