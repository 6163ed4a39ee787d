import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { isJsonObject, type JsonObject, tryParseExact, tryParseLenient } from '../http/json.ts';
import type { UpstreamReply } from './send.ts';

const REPLY_BYTES = 64 * 1024 * 1024;

/** A whole reply: its bytes and the object in them. Anything else than a JSON object is a refusal. */
export async function readWhole(
  reply: UpstreamReply,
  parse: (text: string) => unknown = tryParseExact,
): Promise<{ bytes: Buffer; value: JsonObject } | Refusal> {
  try {
    const bytes = await readBytes(reply.body, REPLY_BYTES);
    const text = bytes.toString('utf8');
    const value = parse(text);
    if (isJsonObject(value)) return { bytes, value };
    const mended = tryParseLenient(text);
    if (isJsonObject(mended)) return { bytes: Buffer.from(JSON.stringify(mended)), value: mended };
    return refuse(new GatewayError('upstream', 'The provider answered with something that is not a JSON object.'));
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** The beginning of a body, up to a chunk beyond so many bytes. */
export async function readBytes(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > most) break;
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks);
}
