import type { ClientDialect, DialectContext } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import { type JsonBody, readJsonBody } from '../http/json.ts';
import type { Incoming, Run } from '../http/message.ts';
import type { Caller, Parts } from './parts.ts';

/** Who asks, how, and under which id. */
export interface Opening {
  http: Incoming;
  run: Run;
  caller: Caller;
  dialect: ClientDialect;
  requestId: string;
  startedAt: number;
}

/** The JSON object that a request's body must be. */
export async function openBody({ http }: Opening, { catalog }: Parts): Promise<JsonBody> {
  checkContentType(http);
  return readJsonBody(await http.body(), catalog.config.limits.depth);
}

function checkContentType({ headers }: Incoming): void {
  const type = headers['content-type'];
  if (type === undefined || /\bjson\b/i.test(type)) return;
  throw new GatewayError(
    'unsupported_media_type',
    `Unsupported content type '${type.slice(0, 100)}'; send application/json.`,
  );
}

/** What dialects may know of a request besides its words. */
export function contextOf({ requestId, startedAt }: Opening, model: string): DialectContext {
  return { id: requestId.replace('req_', ''), model, now: Math.floor(startedAt / 1000) };
}
