import { createHash } from 'node:crypto';

/** Bytes as base64, with their count and their SHA-256 (hex). */
export interface Encoded {
  data: string;
  bytes: number;
  digest: string;
}

/** Room that a text begins with where its length is not known. */
const FIRST_ROOM = 65_536;

/**
 * Encodes bytes piece by piece as they come, into room for the `expected` bytes: the bytes themselves are never held, and no
 * piece of text outlives its turn.
 */
export function base64Writer(expected = 0): { add(piece: Buffer): void; end(): Encoded } {
  const hash = createHash('sha256');
  let room = Buffer.allocUnsafeSlow(expected > 0 ? textLength(expected) : FIRST_ROOM);
  let written = 0;
  let bytes = 0;
  /** Up to two bytes: base64 takes them by three. */
  let rest = Buffer.alloc(0);

  function write(text: string): void {
    if (written + text.length > room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * room.length, written + text.length));
      room.copy(larger, 0, 0, written);
      room = larger;
    }
    written += room.write(text, written, 'latin1');
  }

  return {
    add(piece) {
      hash.update(piece);
      bytes += piece.length;
      const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const whole = all.length - (all.length % 3);
      write(all.toString('base64', 0, whole));
      // A copy: a part of the piece would keep all of it in memory.
      rest = Buffer.from(all.subarray(whole));
    },
    end() {
      write(rest.toString('base64'));
      return { data: room.toString('latin1', 0, written), bytes, digest: hash.digest('hex') };
    },
  };
}

const textLength = (bytes: number): number => Math.ceil(bytes / 3) * 4;

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
