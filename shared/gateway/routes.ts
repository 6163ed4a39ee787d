import type { ClientDialect } from '../dialects/dialect.ts';
import { openaiChatClient } from '../dialects/openai-chat/dialect.ts';
import { GatewayError } from '../errors.ts';

/** What a path is for. */
export type Action =
  | { type: 'converse'; dialect: ClientDialect }
  | { type: 'list-models' }
  | { type: 'model'; id: string }
  | { type: 'about' }
  | { type: 'alive' }
  | { type: 'ready' };

export interface Route {
  action: Action;
  /** Whether a key is asked for. */
  open: boolean;
  methods: readonly string[];
  /** What errors are told in. */
  dialect: ClientDialect;
}

const chat: Route = {
  action: { type: 'converse', dialect: openaiChatClient },
  open: false,
  methods: ['POST'],
  dialect: openaiChatClient,
};

const read = (action: Action, open: boolean): Route => ({
  action,
  open,
  methods: ['GET', 'HEAD'],
  dialect: openaiChatClient,
});

const routes: Readonly<Record<string, Route>> = {
  '/v1/chat/completions': chat,
  '/chat/completions': chat,
  '/v1/models': read({ type: 'list-models' }, false),
  '/models': read({ type: 'list-models' }, false),
  '/': read({ type: 'about' }, true),
  '/health': read({ type: 'alive' }, true),
  '/health/ready': read({ type: 'ready' }, true),
};

/** The route of a path; a trailing slash is forgiven, an id in it is decoded (`/v1/models/a%2Fb`). */
export function findRoute(path: string): Route {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path;
  if (Object.hasOwn(routes, plain)) return routes[plain]!;
  const model = /^(?:\/v1)?\/models\/(.+)$/.exec(plain);
  if (model) return read({ type: 'model', id: decodePath(model[1]!) }, false);
  throw new GatewayError(
    'not_found',
    `Unknown request URL: ${plain.slice(0, 200)}. Sluice serves ${Object.keys(routes).join(', ')}.`,
  );
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
