import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { isJsonObject, type JsonObject, tryParseExact, tryParseLenient } from '../http/json.ts';
import type { UpstreamReply } from './send.ts';

interface Options {
  /** Largest reply, in unpacked bytes: `limits.replyBytes`. */
  mostBytes?: number;
  parse?: (text: string) => unknown;
}

/** A whole reply: its bytes and the object in them. Anything else than a JSON object is a refusal, and so is one too large. */
export async function readWhole(
  { body }: Pick<UpstreamReply, 'body'>,
  { mostBytes = Number.POSITIVE_INFINITY, parse = tryParseExact }: Options = {},
): Promise<{ bytes: Buffer; value: JsonObject } | Refusal> {
  try {
    const bytes = await readAll(body, mostBytes);
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

/** All of a body; fails with `upstream` where it has more bytes than that, of which no more are read. */
async function readAll(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const { chunks, length } = await readChunks(body, most);
  if (length <= most) return joined(chunks);
  throw new GatewayError(
    'upstream',
    `The provider's reply is larger than ${most} bytes, the most that is read (\`limits.replyBytes\`).`,
  );
}

/** The beginning of a body, so many bytes at most; what follows the chunk that they end in is not read. */
export const readStart = async (body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> =>
  joined((await readChunks(body, most)).chunks).subarray(0, most);

async function readChunks(
  body: AsyncIterable<Uint8Array>,
  most: number,
): Promise<{ chunks: Uint8Array[]; length: number }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > most) break;
  }
  return { chunks, length };
}

const joined = (chunks: readonly Uint8Array[]): Buffer =>
  chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks);
