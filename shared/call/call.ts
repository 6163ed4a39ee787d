import type { ChatRequest } from '../chat/request.ts';
import type { ClientDialect, DialectContext, Glance } from '../dialects/dialect.ts';
import type { JsonBody } from '../http/json.ts';
import type { Incoming } from '../http/message.ts';
import type { WordsForImages } from '../transforms/words.ts';
import type { Account } from './account.ts';
import type { Caller } from './caller.ts';

/** Who asks what. One a request; everything below the gateway gets its request by it. */
export interface Call {
  http: Incoming;
  caller: Caller;
  /** The caller's: answers and errors are written in it. */
  dialect: ClientDialect;
  /** `req_…`: in the answer's headers, in every log line, and in the record. */
  id: string;
  /** Epoch milliseconds. */
  started: number;
  /** Parts of the path that the endpoint's path names: `id` of `/v1/models/{id}`. */
  params: Readonly<Record<string, string>>;
  body: JsonBody;
  glance: Glance;
  /** The body in the hub's words; read once, when first asked for. Throws `invalid_request` naming the field. */
  request: () => ChatRequest;
  /** Words that take the images' place, where they were described for a model that does not see. */
  words?: WordsForImages;
  /** For the dialects: what a writer or reader may need beside the conversation. */
  context: DialectContext;
  /** Ends everything: the gateway's deadline, or the caller who left. Its reason is a `GatewayError`. */
  signal: AbortSignal;
  account: Account;
  /** Work after the last byte of the answer. */
  after: (task: () => void | Promise<void>) => void;
}
