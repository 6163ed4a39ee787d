import type { Catalog } from '../catalog/catalog.ts';
import type { Timeouts } from '../catalog/schema.ts';
import type { Usage } from '../chat/usage.ts';
import type { ErrorKind, Refusal } from '../errors.ts';
import type { Headers } from '../http/message.ts';
import type { FetchMedia } from '../media/fetch.ts';
import type { Images } from '../media/load-image.ts';
import type { Descriptions } from '../remember/memory.ts';
import type { GoogleTokens } from '../upstream/google-token.ts';

/** All the gateway needs from outside, given once and closed over. */
export interface Parts {
  catalog: Catalog;
  secrets: Secrets;
  keys: Keys;
  usage: UsageSink;
  send: Send;
  /** Fetches images and files that callers name by address, guarded. */
  fetchMedia: FetchMedia;
  /** Images of requests whose model cannot see, and what is known of them in words. */
  images: Images;
  descriptions: Descriptions;
  /** AWS's signature on calls to providers of auth `aws`; absent where the gateway has no role of its own. */
  sign?: Sign;
  /** Access tokens for providers of auth `google-oauth`. */
  googleTokens: GoogleTokens;
  log: Log;
  /** What must work for the gateway to be ready, by name; each fails with an error that says what does not. */
  checks: Readonly<Record<string, () => Promise<void>>>;
  /** Epoch milliseconds. */
  now: () => number;
  /** A new id, unique for ever, of letters and digits. */
  newId: () => string;
}

export interface Secrets {
  masterKey(): Promise<string>;
  /** The key of this name, or nothing where the owner has not given it. */
  providerKey(name: string): Promise<string | undefined>;
}

export interface Keys {
  /** The virtual key with this SHA-256 (hex), revoked and expired ones included. Fails where the table is away. */
  find(sha256: string): Promise<VirtualKey | undefined>;
}

/** A key we issued. The key itself is nowhere, only its SHA-256. */
export interface VirtualKey {
  id: string;
  name: string;
  revoked: boolean;
  /** Epoch seconds. */
  expiresAt?: number;
}

export type Caller = { type: 'master' } | { type: 'key'; id: string; name: string };

export interface UsageSink {
  /** Takes a finished record. Never fails: what cannot be written goes to the log, whole. */
  write(record: UsageRecord): Promise<void>;
}

/** What one request was and what it cost; immutable, written once. */
export interface UsageRecord {
  requestId: string;
  /** Start, ISO 8601 with milliseconds. */
  time: string;
  /** `master`, or the id of a virtual key. */
  caller: string;
  callerName?: string;
  /** What the tokens were for. */
  purpose: 'chat' | 'embedding' | 'vision';
  /** For `vision`: which of the request's own calls it was, from 1. The answer to the caller has a record of its own. */
  call?: number;
  /** Dialect of the caller. */
  dialect: string;
  askedModel: string;
  provider?: string;
  model?: string;
  /** How many targets were asked. */
  attempts: number;
  /** Absent where no provider was reached. */
  usage?: Usage;
  firstTokenMs?: number;
  totalMs: number;
  /** Status of the answer; of the error where one ended the stream, 499 where the caller left. */
  status: number;
  streamed: boolean;
  finish?: string;
  /** Kind of the error that ended it, in the stream or before. */
  error?: ErrorKind;
}

/** The one door to providers. Before an answer begins, a failure is a refusal; afterwards its body throws a `GatewayError`. */
export type Send = (call: UpstreamCall) => Promise<UpstreamReply | Refusal>;

export interface UpstreamCall {
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
  timeouts: Timeouts;
  /** Ends the call; its reason is the `GatewayError` to fail with. */
  signal: AbortSignal;
}

export interface UpstreamReply {
  status: number;
  headers: Headers;
  body: AsyncIterable<Uint8Array>;
}

/**
 * The headers that prove to AWS that a call is ours: a signature over it with the credentials of the function's own role.
 * Fails with `upstream_auth` where there are none.
 */
export type Sign = (call: CallToSign) => Promise<Record<string, string>>;

export interface CallToSign {
  url: string;
  contentType: string;
  body: Uint8Array;
  region: string;
  /** AWS's name of the service: `bedrock`. */
  service: string;
}

export interface Log {
  /** One line a request, when it is over. */
  request(record: UsageRecord): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
