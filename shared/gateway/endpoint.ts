import type { Call } from '../call/call.ts';
import type { Purpose } from '../catalog/purpose.ts';
import type { ClientDialect, Glance } from '../dialects/dialect.ts';
import type { JsonBody } from '../http/json.ts';
import type { Incoming, Outgoing } from '../http/message.ts';
import type { EndpointPorts } from './ports.ts';

/** What is served at some paths. All that costs money has a purpose, and thereby an account and a record. */
export interface Endpoint {
  /** `{name}` stands for the rest of a path, slashes included; it is found in `Call.params`, decoded. */
  paths: readonly string[];
  methods: readonly string[];
  /** Whether it is answered without a key. */
  open: boolean;
  /** How the body is read: parsed, as a form (or parsed, where the caller sends JSON), as bytes alone, or not at all. */
  body: 'json' | 'form' | 'bytes' | 'none';
  /** What its callers speak; absent where several dialects share a path: then the headers decide. Errors are written in it. */
  dialect?: ClientDialect;
  /** What its tokens are for, as its records say; absent where nothing is used, and nothing recorded. */
  purpose?: Purpose;
  /** For which purpose a caller must be allowed, where nothing is recorded; else it is the purpose itself. */
  needs?: Purpose;
  /** What is known of a request before it is planned. Throws `invalid_request` naming the field. */
  glance?(http: Incoming, body: JsonBody): Glance;
  answer(call: Call, ports: EndpointPorts): Promise<Outgoing> | Outgoing;
}

/** Answers a read without a body. */
export const getEndpoint = (
  paths: readonly string[],
  answer: Endpoint['answer'],
  { open = false }: { open?: boolean } = {},
): Endpoint => ({ paths, methods: ['GET', 'HEAD'], open, body: 'none', answer });

/** Answers a JSON body. */
export const postEndpoint = (
  endpoint: Omit<Endpoint, 'methods' | 'open' | 'body'> & Partial<Pick<Endpoint, 'body'>>,
): Endpoint => ({
  methods: ['POST'],
  open: false,
  body: 'json',
  ...endpoint,
});

/** What is known of a request that is no conversation. */
export const plainGlance = (model: string): Glance => ({
  model,
  stream: false,
  hasImages: false,
  hasTools: false,
});
