import { crc32 } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import type { Frame, Framer, SseEvent } from './sse.ts';

/** Total length, length of the headers, checksum of these two. */
const PRELUDE = 12;
const CHECKSUM = 4;
/** AWS's own bound: 16 MB of payload and 128 KB of headers. What claims to be longer is not a frame. */
const LONGEST = 24 * 1024 * 1024;

/**
 * Frames AWS's binary event stream. An event is told as `event: <its type>`, an exception as `event: exception:<its type>`,
 * both with the payload's text. Both checksums of a frame are held against it; a frame that is wrong or cut off at the end
 * fails, after the frames before it were given.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export function awsEventStreamFramer(): Framer {
  let pieces: Buffer[] = [];
  let held = 0;
  /** Length of the frame under way, once its prelude is whole. */
  let wanted: number | undefined;
  let broken: GatewayError | undefined;

  function push(bytes: Uint8Array): Frame[] {
    if (broken) throw broken;
    pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    held += bytes.byteLength;
    const frames: Frame[] = [];
    try {
      for (let frame = next(); frame; frame = next()) frames.push(readFrame(frame));
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || frames.length === 0) throw thrown;
      broken = thrown;
    }
    return frames;
  }

  /** The next whole frame. Pieces are joined once its length is known and once it is there, never for each piece. */
  function next(): Buffer | undefined {
    if (wanted === undefined && held >= PRELUDE) wanted = frameLength(joined());
    if (wanted === undefined || held < wanted) return undefined;
    const all = joined();
    const frame = all.subarray(0, wanted);
    pieces = held === wanted ? [] : [all.subarray(wanted)];
    held -= wanted;
    wanted = undefined;
    return frame;
  }

  function joined(): Buffer {
    const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = [all];
    return all;
  }

  return {
    push,
    end() {
      if (broken) throw broken;
      if (held > 0) throw fault('The provider cut its event stream off in the middle of a frame.');
      return [];
    },
  };
}

const fault = (message: string): GatewayError => new GatewayError('upstream', message);

function frameLength(bytes: Buffer): number {
  if (bytes.readUInt32BE(8) !== crc32(bytes.subarray(0, 8))) {
    throw fault('The provider sent an event stream frame whose prelude does not match its checksum.');
  }
  const length = bytes.readUInt32BE(0);
  if (length > LONGEST || length < PRELUDE + bytes.readUInt32BE(4) + CHECKSUM) {
    throw fault('The provider sent an event stream frame of an impossible length.');
  }
  return length;
}

function readFrame(bytes: Buffer): Frame {
  const end = bytes.length - CHECKSUM;
  if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(0, end))) {
    throw fault('The provider sent an event stream frame that does not match its checksum.');
  }
  const payload = PRELUDE + bytes.readUInt32BE(4);
  return {
    bytes,
    event: readEvent(readHeaders(bytes.subarray(PRELUDE, payload)), bytes.toString('utf8', payload, end)),
  };
}

function readEvent(headers: ReadonlyMap<string, string>, data: string): SseEvent {
  const kind = headers.get(':message-type');
  if (kind === 'exception') return { event: `exception:${headers.get(':exception-type') ?? ''}`, data };
  if (kind === 'error') {
    const message = headers.get(':error-message');
    return { event: `exception:${headers.get(':error-code') ?? ''}`, data: JSON.stringify({ message }) };
  }
  const event = headers.get(':event-type');
  return event === undefined ? { data } : { event, data };
}

/** Bytes a header's value takes, by its type; two kinds say their own length. */
const sizes: readonly (number | 'told')[] = [0, 0, 1, 2, 4, 8, 'told', 'told', 8, 16];
const STRING = 7;

/** The headers that are text; others are stepped over. */
function readHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  /** Takes this many bytes and says where they began. */
  function take(count: number): number {
    const start = at;
    at += count;
    if (at > bytes.length) throw fault('The provider sent an event stream frame with broken headers.');
    return start;
  }
  while (at < bytes.length) {
    const nameLength = bytes[take(1)]!;
    const nameStart = take(nameLength);
    const type = bytes[take(1)]!;
    const size = sizes[type];
    if (size === undefined) throw fault('The provider sent an event stream frame with broken headers.');
    const length = size === 'told' ? bytes.readUInt16BE(take(2)) : size;
    const start = take(length);
    if (type === STRING) {
      const name = bytes.toString('utf8', nameStart, nameStart + nameLength);
      headers.set(name, bytes.toString('utf8', start, start + length));
    }
  }
  return headers;
}
