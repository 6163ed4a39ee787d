import { crc32 } from 'node:zlib';

/** Frames of AWS's event stream, written apart from the code under test, from the format's description. Synthetic. */

type HeaderValue = string | number | boolean | bigint | Buffer;

function encodeHeader(name: string, value: HeaderValue): Buffer {
  const head = Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name)]);
  if (typeof value === 'boolean') return Buffer.concat([head, Buffer.from([value ? 0 : 1])]);
  if (typeof value === 'number') {
    const body = Buffer.alloc(5);
    body[0] = 4;
    body.writeInt32BE(value, 1);
    return Buffer.concat([head, body]);
  }
  if (typeof value === 'bigint') {
    const body = Buffer.alloc(9);
    body[0] = 8;
    body.writeBigInt64BE(value, 1);
    return Buffer.concat([head, body]);
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const length = Buffer.alloc(3);
  length[0] = typeof value === 'string' ? 7 : 6;
  length.writeUInt16BE(bytes.length, 1);
  return Buffer.concat([head, length, bytes]);
}

export function frame(headers: Record<string, HeaderValue>, payload: string | Buffer): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message), 0);
  return Buffer.concat([message, checksum]);
}

export function eventFrame(type: string, payload: object): Buffer {
  return frame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    // The padding that hides the length of the words.
    JSON.stringify({ ...payload, p: 'abcdefghijklmnopqrstu' }),
  );
}

export function exceptionFrame(type: string, message: string): Buffer {
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  );
}

/** The bytes in pieces that end at these places. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}
