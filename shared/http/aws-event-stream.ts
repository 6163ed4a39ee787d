import { crc32 } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import { pieces } from './pieces.ts';
import { type Frame, type Framer, MOST_EVENT_BYTES, type SseEvent } from './sse.ts';

/** Total length, length of the headers, checksum of these two. */
const PRELUDE = 12;
const CHECKSUM = 4;

/**
 * Frames AWS's binary event stream. An event reads `event: <its type>`, an exception `event: exception:<its type>`, both with
 * the payload's text. Both checksums of a frame are checked; a frame that is wrong, larger than the bound or cut off at the end
 * fails, after the frames before it were given.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export function awsEventStreamFramer(mostEventBytes = MOST_EVENT_BYTES): Framer {
  const held = pieces();
  /** Length of the frame under way, once its prelude is whole. */
  let wanted: number | undefined;
  let broken: GatewayError | undefined;

  function push(bytes: Uint8Array): Frame[] {
    if (broken) throw broken;
    held.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const frames: Frame[] = [];
    try {
      for (let frame = next(); frame; frame = next()) frames.push(readFrame(frame));
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      broken = thrown;
      held.clear();
      if (frames.length === 0) throw thrown;
    }
    return frames;
  }

  /** The next whole frame. Pieces are joined once its length is known and once it is there, never for each piece. */
  function next(): Buffer | undefined {
    if (wanted === undefined && held.length() >= PRELUDE) wanted = frameLength(held.joined(), mostEventBytes);
    if (wanted === undefined || held.length() < wanted) return undefined;
    const all = held.joined();
    const frame = all.subarray(0, wanted);
    held.clear();
    if (all.length > wanted) held.add(all.subarray(wanted));
    wanted = undefined;
    return frame;
  }

  return {
    push,
    end() {
      if (broken) throw broken;
      if (held.length() > 0) throw fault('The provider cut its event stream off in the middle of a frame.');
      return [];
    },
  };
}

const fault = (message: string): GatewayError => new GatewayError('upstream', message);

function frameLength(bytes: Buffer, mostEventBytes: number): number {
  if (bytes.readUInt32BE(8) !== crc32(bytes.subarray(0, 8))) {
    throw fault('The provider sent an event stream frame whose prelude does not match its checksum.');
  }
  const length = bytes.readUInt32BE(0);
  if (length > mostEventBytes) {
    throw fault(
      `The provider sent an event stream frame of ${length} bytes; at most ${mostEventBytes} are taken (\`limits.eventBytes\`).`,
    );
  }
  if (length < PRELUDE + bytes.readUInt32BE(4) + CHECKSUM) {
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

/** Bytes a header's value takes, by its type; two kinds carry their own length. */
const sizes: readonly (number | 'carried')[] = [0, 0, 1, 2, 4, 8, 'carried', 'carried', 8, 16];
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
    const length = size === 'carried' ? bytes.readUInt16BE(take(2)) : size;
    const start = take(length);
    if (type === STRING) {
      const name = bytes.toString('utf8', nameStart, nameStart + nameLength);
      headers.set(name, bytes.toString('utf8', start, start + length));
    }
  }
  return headers;
}
