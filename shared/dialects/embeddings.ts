import type { EmbeddingsReply, EmbeddingsRequest, Vector } from '../chat/embeddings.ts';
import { GatewayError } from '../errors.ts';
import type { JsonBody, JsonObject } from '../http/json.ts';
import type { Headers } from '../http/message.ts';
import type { UpstreamRequest, UpstreamTarget } from './dialect.ts';

/** How a provider is asked for vectors: the small sister of `UpstreamDialect`, which tells its errors too. */
export interface EmbeddingsDialect {
  /** Most inputs of one call, unless the target's traits say otherwise. */
  mostInputs(target: UpstreamTarget): number;
  /** Whether it takes texts that are cut into tokens already. */
  takesTokens: boolean;
  /** Path under the base URL; `chatPath` is the one that the provider's configuration gives for conversations. */
  path(call: { model: string; chatPath: string | undefined }): string;
  /** Throws `invalid_request` for a model that makes no vectors. */
  writeRequest(request: EmbeddingsRequest, target: UpstreamTarget): UpstreamRequest;
  /** Throws a `GatewayError` where the reply does not hold `count` vectors. */
  readReply(body: JsonObject, reply: { count: number; headers: Headers }): EmbeddingsReply;
  /** The body as it came, edited at its top level only: for the dialect that callers speak too. */
  pass?(body: JsonBody, target: UpstreamTarget): { body: Uint8Array; dropped: string[] };
}

/** The vectors of a reply, checked: one for each input, of numbers or base64. */
export function checkVectors(vectors: unknown[], count: number): Vector[] {
  if (vectors.length !== count) {
    throw new GatewayError('upstream', `The provider answered with ${vectors.length} embeddings for ${count} inputs.`);
  }
  if (vectors.every(isVector)) return vectors;
  throw new GatewayError('upstream', 'The provider answered with an embedding that is no list of numbers.');
}

const isVector = (value: unknown): value is Vector =>
  typeof value === 'string'
    ? value !== ''
    : Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number');
