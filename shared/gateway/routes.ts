import { anthropicClient } from '../dialects/anthropic/client/dialect.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { openaiChatClient } from '../dialects/openai-chat/client/dialect.ts';
import { openaiCompletionsClient } from '../dialects/openai-completions/client/dialect.ts';
import { openaiResponsesClient } from '../dialects/openai-responses/client/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Headers } from '../http/message.ts';

/** What a path is for. */
export type Action =
  | { type: 'converse' }
  | { type: 'embed' }
  | { type: 'count-tokens' }
  | { type: 'list-models' }
  | { type: 'model'; id: string }
  | { type: 'show-cache' }
  | { type: 'clear-cache' }
  | { type: 'about' }
  | { type: 'alive' }
  | { type: 'ready' };

export interface Route {
  action: Action;
  /** Whether a key is asked for. */
  open: boolean;
  methods: readonly string[];
  /** What the caller speaks; errors are told in it. */
  dialect: ClientDialect;
}

const ask = (action: Action, dialect: ClientDialect): Route => ({ action, open: false, methods: ['POST'], dialect });

const read = (action: Action, open: boolean): Route => ({
  action,
  open,
  methods: ['GET', 'HEAD'],
  dialect: openaiChatClient,
});

const chat = ask({ type: 'converse' }, openaiChatClient);
const completions = ask({ type: 'converse' }, openaiCompletionsClient);
const responses = ask({ type: 'converse' }, openaiResponsesClient);
const messages = ask({ type: 'converse' }, anthropicClient);
const countTokens = ask({ type: 'count-tokens' }, anthropicClient);
const embeddings = ask({ type: 'embed' }, openaiChatClient);
const models = read({ type: 'list-models' }, false);

const routes: Readonly<Record<string, Route>> = {
  '/v1/chat/completions': chat,
  '/chat/completions': chat,
  '/v1/completions': completions,
  '/completions': completions,
  '/v1/responses': responses,
  '/responses': responses,
  '/v1/messages': messages,
  '/anthropic/v1/messages': messages,
  '/v1/messages/count_tokens': countTokens,
  '/anthropic/v1/messages/count_tokens': countTokens,
  '/v1/embeddings': embeddings,
  '/embeddings': embeddings,
  '/v1/models': models,
  '/models': models,
  '/anthropic/v1/models': models,
  '/cache/stats': read({ type: 'show-cache' }, false),
  '/cache': { action: { type: 'clear-cache' }, open: false, methods: ['DELETE'], dialect: openaiChatClient },
  '/': read({ type: 'about' }, true),
  '/health': read({ type: 'alive' }, true),
  '/health/ready': read({ type: 'ready' }, true),
};

/** Paths served, for whoever asks what is here. */
export const servedPaths = Object.keys(routes);

/** The route of a path; a trailing slash is forgiven, an id in it is decoded (`/v1/models/a%2Fb`). */
export function findRoute(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path;
  if (Object.hasOwn(routes, plain)) return routes[plain]!;
  const model = /^(?:\/anthropic)?(?:\/v1)?\/models\/(.+)$/.exec(plain);
  if (model) return read({ type: 'model', id: decodePath(model[1]!) }, false);
  throw new GatewayError('not_found', `Unknown request URL: ${plain.slice(0, 200)}. GET / lists what is served.`);
}

/** What errors are told in where a path says nothing of it: only Anthropic's clients send a version. */
export function dialectOf(path: string, headers: Headers, route: Route | undefined): ClientDialect {
  if (route && !route.methods.includes('GET')) return route.dialect;
  const isAnthropic = headers['anthropic-version'] !== undefined || /\/v1\/messages\b|^\/anthropic\//.test(path);
  return isAnthropic ? anthropicClient : openaiChatClient;
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The URL is not percent-encoded correctly.', { cause });
  }
}

/** Refuses a method the route does not take; `OPTIONS` is answered before. */
export function checkMethod(method: string, { methods }: Route): void {
  if (methods.includes(method)) return;
  const use = methods.length === 1 ? methods[0] : `${methods.join(' or ')}`;
  throw new GatewayError('method_not_allowed', `Not allowed to ${method} on this URL; use ${use}.`);
}
