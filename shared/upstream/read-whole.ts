import { GatewayError, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { isJsonObject, type JsonObject, scanned, withoutBom } from '../http/json.ts';
import { generalBounds, scanJson } from '../http/json-scan.ts';
import type { Body } from './read-body.ts';
import type { UpstreamReply } from './send.ts';

interface Options {
  /** Largest reply, in unpacked bytes: `limits.replyBytes`. */
  mostBytes?: number;
  /** Most values in it: `limits.values`. */
  mostValues?: number;
  /** Of `scanned`; long integers are kept exact unless another is given. */
  parse?: (text: string) => unknown;
}

/** A whole reply: its bytes and the object in them. Anything else than a JSON object is a refusal, and so is one too large. */
export async function readWhole(
  { body }: Pick<UpstreamReply, 'body'>,
  { mostBytes = Number.POSITIVE_INFINITY, mostValues = generalBounds.values, parse = scanned.exact }: Options = {},
): Promise<{ bytes: Buffer; value: JsonObject } | Refusal> {
  try {
    const bytes = withoutBom(await readAll(body, mostBytes));
    const found = scanJson(bytes, { ...generalBounds, values: mostValues });
    if (found === 'too-many') return refuse(tooMany(mostValues));
    if (found === 'too-deep') return refuse(noObject());
    const text = bytes.toString('utf8');
    const value = parse(text);
    if (isJsonObject(value)) return { bytes, value };
    const mended = scanned.lenient(text);
    if (isJsonObject(mended)) return { bytes: Buffer.from(JSON.stringify(mended)), value: mended };
    return refuse(noObject());
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

const noObject = (): GatewayError =>
  new GatewayError('upstream', 'The provider answered with something that is not a JSON object.');

const tooMany = (most: number): GatewayError =>
  new GatewayError('upstream', `The provider's reply holds too many values: more than ${most} (\`limits.values\`).`);

/** All of a body; fails with `upstream` where it has more bytes than that, of which no more are read. It is charged for, so nobody should ask again. */
async function readAll(body: Body, most: number): Promise<Buffer> {
  const { chunks, length } = await readChunks(body, most);
  if (length <= most) return joined(chunks);
  throw new GatewayError(
    'upstream',
    `The provider's reply is larger than ${most} bytes, the most that is read (\`limits.replyBytes\`).`,
    { retryable: false },
  );
}

/** The beginning of a body, so many bytes at most; what follows the chunk that they end in is not read. */
export const readStart = async (body: Body, most: number): Promise<Buffer> =>
  joined((await readChunks(body, most)).chunks).subarray(0, most);

async function readChunks(body: Body, most: number): Promise<{ chunks: Uint8Array[]; length: number }> {
  if (body.pieces) {
    const chunks = await body.pieces(most);
    return { chunks, length: chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) };
  }
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
