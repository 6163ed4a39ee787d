import { GatewayError } from '../errors.ts';
import { pieces } from './pieces.ts';

/** One server-sent event. `data` joins several data lines with a line feed. */
export interface SseEvent {
  event?: string;
  data: string;
}

/** A whole piece of a stream as it came, and the event in it, if there is one. */
export interface Frame {
  bytes: Buffer;
  event: SseEvent | undefined;
}

/** Cuts a byte stream into frames, whatever the cuts it arrives in. The frames' bytes joined are the bytes that came. */
export interface Framer {
  push(bytes: Uint8Array): Frame[];
  /** What is left at the end; fails where that cannot be an end. */
  end(): Frame[];
}

/** Largest event of a stream, in bytes, unless the framer is given another bound. */
export const MOST_EVENT_BYTES = 16 * 1024 * 1024;

/** Reading a line costs time of its own: an event of many empty ones must not take longer than one of as many bytes. */
const BYTES_OF_A_LINE = 256;
const LEAST_LINES = 4096;

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
/** Length of `data: `. */
const DATA = 6;

/**
 * Frames server-sent events: each with the blank line that ends it; a last one that lacks it is given it, since most SDKs
 * lose an event without. Fails at an event larger than the bound, after the frames before it were given.
 */
export function sseFramer(mostEventBytes = MOST_EVENT_BYTES): Framer {
  const cutter = sseCutter(mostEventBytes);
  const frameOf = (bytes: Buffer): Frame => ({ bytes, event: readFrame(bytes) });
  return {
    push: (bytes) => cutter.push(bytes).map(frameOf),
    end: () => cutter.end().map(withBlankLine).map(frameOf),
  };
}

const withBlankLine = (frame: Buffer): Buffer =>
  frame.toString('latin1').trim() === ''
    ? frame
    : Buffer.concat([frame, Buffer.from(frame.at(-1) === LF ? '\n' : '\n\n')]);

/**
 * Cuts a stream of server-sent events into frames, wherever its bytes are cut: LF, CRLF and CR line ends, comments, several data lines.
 * Lines end at LF and CR only: U+2028 and its like are text. Works on bytes, so that no character is ever cut, and keeps
 * unfinished pieces apart until the frame is whole, so that an event with an image in it costs linear time. Comments and blank lines
 * that follow one another in a piece are one frame: of the smallest there are millions in a few megabytes.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
function sseCutter(mostEventBytes: number): { push(bytes: Uint8Array): Buffer[]; end(): Buffer[] } {
  const held = pieces();
  let lineIsEmpty = true;
  let endedWithCr = false;
  let isTooLarge = false;
  let lines = 0;
  const mostLines = Math.max(LEAST_LINES, mostEventBytes / BYTES_OF_A_LINE);

  function push(bytes: Uint8Array): Buffer[] {
    if (isTooLarge) throw tooLarge(mostEventBytes);
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const nextLineEnd = lineEnds(chunk);
    const frames: Buffer[] = [];
    let cutAt = 0;
    let frameStart = 0;
    let at = endedWithCr && chunk[0] === LF ? 1 : 0;
    if (chunk.length > 0) endedWithCr = false;

    for (;;) {
      const end = nextLineEnd(at);
      if (end === -1) break;
      const isBlank = lineIsEmpty && end === at;
      at = end + 1;
      if (chunk[end] === CR) {
        if (at === chunk.length) endedWithCr = true;
        else if (chunk[at] === LF) at += 1;
      }
      lineIsEmpty = true;
      lines += 1;
      if (lines > mostLines) return stopAt(frames);
      if (!isBlank) continue;
      const isQuiet =
        held.length() === 0 &&
        at - frameStart <= mostEventBytes &&
        (lines === 1 || (lines === 2 && chunk[frameStart] === COLON));
      lines = 0;
      if (isQuiet) {
        frameStart = at;
        continue;
      }
      if (cutAt < frameStart) frames.push(chunk.subarray(cutAt, frameStart));
      if (held.length() + at - frameStart > mostEventBytes) return stopAt(frames);
      frames.push(finish(chunk.subarray(frameStart, at)));
      frameStart = at;
      cutAt = at;
    }
    if (cutAt < frameStart) frames.push(chunk.subarray(cutAt, frameStart));
    if (at < chunk.length) lineIsEmpty = false;
    if (frameStart < chunk.length) held.add(chunk.subarray(frameStart));
    return held.length() > mostEventBytes ? stopAt(frames) : frames;
  }

  function finish(tail: Buffer): Buffer {
    if (held.length() === 0) return tail;
    held.add(tail);
    const frame = held.joined();
    held.clear();
    return frame;
  }

  /** Gives the frames before the one that is too large; without any, fails at once. */
  function stopAt(frames: Buffer[]): Buffer[] {
    isTooLarge = true;
    held.clear();
    if (frames.length === 0) throw tooLarge(mostEventBytes);
    return frames;
  }

  function end(): Buffer[] {
    if (isTooLarge) throw tooLarge(mostEventBytes);
    return held.length() === 0 ? [] : [finish(Buffer.alloc(0))];
  }

  return { push, end };
}

const tooLarge = (mostEventBytes: number): GatewayError =>
  new GatewayError(
    'upstream',
    `The provider sent an event of more than ${mostEventBytes} bytes in its stream (\`limits.eventBytes\`).`,
    // Its answer is charged for, and another would be as large.
    { retryable: false },
  );

/** Finds line ends from left to right. What was found is kept until it is passed, so that a rare CR is searched for once. */
function lineEnds(bytes: Buffer): (from: number) => number {
  let lf = bytes.indexOf(LF);
  let cr = bytes.indexOf(CR);
  return (from) => {
    if (lf !== -1 && lf < from) lf = bytes.indexOf(LF, from);
    if (cr !== -1 && cr < from) cr = bytes.indexOf(CR, from);
    return cr !== -1 && (lf === -1 || cr < lf) ? cr : lf;
  };
}

/** The event in a frame; nothing where it holds only comments, fields we do not use, or empty data. */
function readFrame(frame: Buffer): SseEvent | undefined {
  const lineEnd = frame.length - 2;
  const isOneDataLine = startsWithData(frame) && frame.indexOf(LF) === lineEnd && frame.indexOf(CR) === -1;
  if (!isOneDataLine) return readLines(frame);
  return lineEnd === DATA ? undefined : { data: frame.toString('utf8', DATA, lineEnd) };
}

/** Byte by byte: a comparison of buffers costs more than six bytes do. */
const startsWithData = (frame: Buffer): boolean =>
  frame[0] === 100 &&
  frame[1] === 97 &&
  frame[2] === 116 &&
  frame[3] === 97 &&
  frame[4] === COLON &&
  frame[5] === SPACE;

function readLines(frame: Buffer): SseEvent | undefined {
  const nextLineEnd = lineEnds(frame);
  let event: string | undefined;
  let data: string | undefined;
  let at = startsWithBom(frame) ? 3 : 0;
  while (at < frame.length) {
    const found = nextLineEnd(at);
    const line = frame.subarray(at, found === -1 ? frame.length : found);
    at += line.length + 1;
    const colon = line.indexOf(COLON);
    if (line.length === 0 || colon === 0) continue;
    const name = line.toString('latin1', 0, colon === -1 ? line.length : colon);
    if (name === 'data') data = data === undefined ? valueAfter(line, colon) : `${data}\n${valueAfter(line, colon)}`;
    else if (name === 'event') event = valueAfter(line, colon);
  }
  if (data === undefined || data === '') return undefined;
  return event === undefined || event === '' ? { data } : { event, data };
}

const startsWithBom = (frame: Buffer): boolean => frame[0] === 0xef && frame[1] === 0xbb && frame[2] === 0xbf;

function valueAfter(line: Buffer, colon: number): string {
  if (colon === -1) return '';
  return line.toString('utf8', line[colon + 1] === SPACE ? colon + 2 : colon + 1);
}

/** An event as bytes of the stream, blank line included: without it most SDKs lose the last event. */
export function sseText({ event, data }: SseEvent): string {
  const head = event === undefined ? '' : `event: ${event}\n`;
  return `${head}data: ${data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data}\n\n`;
}
