import type { Headers, Incoming } from '../http/message.ts';
import * as anthropicCounts from './anthropic/client/count-tokens.ts';
import { anthropicClient } from './anthropic/client/dialect.ts';
import { estimateInput } from './anthropic/client/estimate-input.ts';
import * as anthropicModels from './anthropic/client/models.ts';
import type { ClientDialect } from './dialect.ts';
import * as geminiCounts from './gemini/client/count-tokens.ts';
import { geminiClient } from './gemini/client/dialect.ts';
import * as geminiEmbeddings from './gemini/client/embeddings.ts';
import * as geminiModels from './gemini/client/models.ts';
import { type Action, readUrl } from './gemini/client/path.ts';
import { openaiChatClient } from './openai-chat/client/dialect.ts';
import * as openaiEmbeddings from './openai-chat/client/embeddings.ts';
import * as openaiModels from './openai-chat/client/models.ts';
import { openaiCompletionsClient } from './openai-completions/client/dialect.ts';
import * as responsesCounts from './openai-responses/client/count-tokens.ts';
import { openaiResponsesClient, openaiResponsesCompaction } from './openai-responses/client/dialect.ts';
import * as codexModels from './openai-responses/client/models.ts';

/** Some clients name model and action in the path, the action behind the last colon. */
const actions = (...names: Action[]): string[] =>
  ['/v1beta/models', '/v1/models'].flatMap((path) => names.map((name) => `${path}/{model}:${name}`));

/** Conversations: every dialect that callers have them in, and the paths at which they do. */
export const conversationPaths: readonly { dialect: ClientDialect; paths: readonly string[] }[] = [
  { dialect: openaiChatClient, paths: ['/v1/chat/completions', '/chat/completions'] },
  { dialect: openaiCompletionsClient, paths: ['/v1/completions', '/completions'] },
  { dialect: openaiResponsesClient, paths: ['/v1/responses', '/responses'] },
  { dialect: openaiResponsesCompaction, paths: ['/v1/responses/compact', '/responses/compact'] },
  { dialect: anthropicClient, paths: ['/v1/messages', '/anthropic/v1/messages'] },
  { dialect: geminiClient, paths: actions('generateContent', 'streamGenerateContent') },
];

/** Answers that a provider keeps, as callers ask for them. */
export const keptClient = { dialect: openaiResponsesClient, paths: ['/v1/responses', '/responses'] };

/** Embeddings as callers ask for them. */
export const embeddingsClients = [
  { dialect: openaiChatClient, paths: ['/v1/embeddings', '/embeddings'], ...openaiEmbeddings },
  { dialect: geminiClient, paths: actions('embedContent', 'batchEmbedContents'), ...geminiEmbeddings },
] as const;

/** Counts of a request's tokens as callers ask for them. */
export const countingClients = [
  {
    dialect: anthropicClient,
    paths: ['/v1/messages/count_tokens', '/anthropic/v1/messages/count_tokens'],
    ...anthropicCounts,
    estimate: estimateInput,
  },
  { dialect: geminiClient, paths: actions('countTokens'), ...geminiCounts, estimate: undefined },
  {
    dialect: openaiResponsesClient,
    paths: ['/v1/responses/input_tokens', '/responses/input_tokens'],
    ...responsesCounts,
    estimate: undefined,
  },
] as const;

/** Where lists of models are asked for; a model's own name stands behind the path. */
export const modelPaths = ['/v1/models', '/models', '/anthropic/v1/models', '/v1beta/models'];

/** How models are listed for a caller: one path serves several protocols. One model alone is asked for in three of them. */
export function modelListOf({ path, headers, query }: Pick<Incoming, 'path' | 'headers' | 'query'>) {
  const dialect = clientOf(path, headers);
  if (dialect === geminiClient) {
    return { writeList: geminiModels.writeModelPage, writeModel: geminiModels.writeModel };
  }
  if (dialect === anthropicClient) {
    return { writeList: anthropicModels.writeModelPage, writeModel: anthropicModels.writeModel };
  }
  const { writeModelList } = codexModels.isCodexQuery(query) ? codexModels : openaiModels;
  return { writeList: writeModelList, writeModel: openaiModels.writeModel };
}

/** The dialect of a caller at a path that several share, or that does not exist. */
export function clientOf(path: string, headers: Headers): ClientDialect {
  if (isKeyedByQuery(path) || geminiModels.isGeminiCaller(headers)) return geminiClient;
  const isAnthropic = anthropicModels.isAnthropicCaller(headers) || /\/v1\/messages\b|^\/anthropic\//.test(path);
  return isAnthropic ? anthropicClient : openaiChatClient;
}

/** A header in which some clients send their key. */
export const keyHeader = geminiModels.KEY_HEADER;

/** Paths at which a key may stand in the query, as `key`. */
export const isKeyedByQuery = (path: string): boolean =>
  path.startsWith('/v1beta/') || readUrl({ path, query: '' }).action !== '';
