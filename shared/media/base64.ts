import { createHash } from 'node:crypto';

/** Bytes as base64, with their count and their SHA-256 (hex). */
export interface Encoded {
  data: string;
  bytes: number;
  digest: string;
}

/** Encodes bytes piece by piece as they come: neither they nor their text are ever held twice. */
export function base64Writer(): { add(piece: Buffer): void; end(): Encoded } {
  const hash = createHash('sha256');
  let data = '';
  let bytes = 0;
  /** Up to two bytes: base64 takes them by three. */
  let rest = Buffer.alloc(0);
  return {
    add(piece) {
      hash.update(piece);
      bytes += piece.length;
      const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const whole = all.length - (all.length % 3);
      data += all.toString('base64', 0, whole);
      // A copy: a part of the piece would keep all of it in memory.
      rest = Buffer.from(all.subarray(whole));
    },
    end: () => ({ data: data + rest.toString('base64'), bytes, digest: hash.digest('hex') }),
  };
}

/** A multiple of four characters, which stand for three bytes each. */
const SLICE = 262_144;

/** Bytes of plain base64 and their SHA-256, decoded slice by slice. */
export function measureBase64(data: string): Omit<Encoded, 'data'> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (let at = 0; at < data.length; at += SLICE) {
    const slice = Buffer.from(data.slice(at, at + SLICE), 'base64');
    hash.update(slice);
    bytes += slice.length;
  }
  return { bytes, digest: hash.digest('hex') };
}
