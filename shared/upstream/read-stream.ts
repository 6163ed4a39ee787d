import type { ChatEvent } from '../chat/events.ts';
import { pushAll } from '../chat/push-all.ts';
import type { StreamReader, StreamState } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import type { Frame, Framer, SseEvent } from '../http/sse.ts';
import type { Connection } from './send.ts';

/**
 * What one read of a provider's stream completed: whole frames as they came, and all that was read from them. An `error`
 * is the last of the events and its frame is left out: a provider's text about an error may contain what must stay inside.
 */
export interface Batch {
  frames: Frame[];
  events: ChatEvent[];
}

/** Once every answer has its reason to stop, only counts may follow: they are waited for that long in all, whatever else comes. */
const ENDING_MS = 3_000;
/** Some give every piece of an answer a reason to stop, so content behind one begins that time anew, in so many batches at most. */
const MOST_GOING_ON = 1_000;

/** Most frames in a row without data, comments that come together being one: a keep-alive each 50 ms for a quarter of an hour. */
const MOST_EMPTY = 20_000;

/** Most events in a row that say nothing to us: those of a tool that the provider runs may be thousands. */
const MOST_SILENT = 100_000;

const tooMany = (most: number, what: string): GatewayError =>
  new GatewayError('upstream', `The provider sent more than ${most} events ${what} in a row.`);

function problemOf({ empty, silent }: Seen): GatewayError | undefined {
  if (empty > MOST_EMPTY) return tooMany(MOST_EMPTY, 'without data');
  return silent > MOST_SILENT ? tooMany(MOST_SILENT, 'without content') : undefined;
}

/**
 * Reads a provider's stream for both roads. An event the reader cannot make sense of goes to `unreadable`, which throws it
 * on the long road and only counts it on the short one. The last batch holds what the reader says at the end. After the
 * dialect's last event the stream is over, whatever the connection does.
 */
export async function* readStream(
  body: AsyncIterable<Uint8Array>,
  framer: Framer,
  reader: StreamReader,
  unreadable: (error: GatewayError) => void,
  connection: Partial<Connection> = {},
): AsyncGenerator<Batch> {
  const chunks = body[Symbol.asyncIterator]();
  let state: StreamState = 'open';
  let isHeld = true;
  const seen: Seen = { last: undefined, empty: 0, silent: 0 };

  const bytesOf = ({ done, value }: IteratorResult<Uint8Array>): Uint8Array | undefined => (done ? undefined : value);
  function breakOf(thrown: unknown): undefined {
    if (state === 'ending' && thrown instanceof GatewayError && thrown.kind !== 'caller_left') return;
    throw thrown;
  }
  /** The next bytes; nothing at the end, or where the body breaks after all that matters was said. */
  const next = (): Promise<Uint8Array | undefined> => chunks.next().then(bytesOf, breakOf);

  function noteState(batch: Batch): void {
    const now = stateOf(reader);
    if (now === state) {
      if (now === 'ending' && goesOn(batch)) connection.expectEnd?.(ENDING_MS);
      return;
    }
    state = now;
    if (now === 'over') {
      isHeld = false;
      release(chunks, connection);
    } else connection.expectEnd?.(now === 'ending' ? ENDING_MS : undefined);
  }

  let goneOn = 0;
  function goesOn({ events }: Batch): boolean {
    if (!events.some(isContent)) return false;
    goneOn += 1;
    return goneOn <= MOST_GOING_ON;
  }

  try {
    for (let chunk = await next(); chunk && isHeld; chunk = await next()) {
      const frames = framer.push(chunk);
      if (frames.length === 0) continue;
      const batch = readFrames(frames, reader, seen, unreadable);
      noteState(batch);
      if (!isHeld) pushAll(batch.events, reader.end());
      yield batch;
      if (!isHeld) return;
      const problem = problemOf(seen);
      if (!problem) continue;
      if (stateOf(reader) === 'ending') break;
      throw problem;
    }
    const last = readLast(framer.end(), reader, seen, unreadable);
    if (last.frames.length > 0 || last.events.length > 0) yield last;
  } finally {
    if (isHeld) await chunks.return?.();
  }
}

/** Whether an event is part of what the model says; the others only say something about the answer. */
export const isContent = (event: ChatEvent): boolean => event.type !== 'start' && event.type !== 'usage';

const stateOf = (reader: StreamReader): StreamState => reader.state?.() ?? 'open';

/** What is kept of the frames before. */
interface Seen {
  /** The last event of a stream that is `ending`: sent again, it is a repetition. */
  last: SseEvent | undefined;
  /** Frames without an event since the last that had one. */
  empty: number;
  /** Events that gave nothing since the last that did. */
  silent: number;
}

const isRepeated = ({ last }: Seen, event: SseEvent | undefined): boolean =>
  last !== undefined && last.data === event?.data && last.event === event.event;

/** Reads frames up to an error or to the dialect's last event, but for repetitions behind a reason to stop. */
function readFrames(
  frames: readonly Frame[],
  reader: StreamReader,
  seen: Seen,
  unreadable: (error: GatewayError) => void,
): Batch {
  const batch: Batch = { frames: [], events: [] };
  for (const frame of frames) {
    if (isRepeated(seen, frame.event)) continue;
    if (frame.event) {
      const events = readEvent(frame.event, reader, unreadable);
      seen.silent = events.length === 0 ? seen.silent + 1 : 0;
      pushAll(batch.events, events);
    }
    if (batch.events.at(-1)?.type === 'error') break;
    batch.frames.push(frame);
    const state = stateOf(reader);
    if (state === 'over') break;
    if (frame.event) {
      seen.last = state === 'ending' ? frame.event : undefined;
      seen.empty = 0;
    } else seen.empty += 1;
  }
  return batch;
}

/**
 * What is left when the bytes end, and what the reader says of that end. Half an event is not given on: what cannot be read
 * there was cut off.
 */
function readLast(
  frames: readonly Frame[],
  reader: StreamReader,
  seen: Seen,
  unreadable: (error: GatewayError) => void,
): Batch {
  const last: Batch = { frames: [], events: [] };
  let cutOff: GatewayError | undefined;
  for (const frame of frames) {
    let isWhole = frame.event !== undefined;
    const read = readFrames([frame], reader, seen, (error) => {
      cutOff = error;
      isWhole = false;
    });
    pushAll(last.events, read.events);
    if (isWhole) pushAll(last.frames, read.frames);
  }
  if (last.events.at(-1)?.type !== 'error') pushAll(last.events, reader.end());
  // The reader says nothing of a body that is one single event.
  if (cutOff && last.events.length === 0) unreadable(cutOff);
  return last;
}

function readEvent(event: SseEvent, reader: StreamReader, unreadable: (error: GatewayError) => void): ChatEvent[] {
  try {
    return reader.read(event);
  } catch (thrown) {
    // Only what the reader says of the event is for the road to decide; a bug stays a bug.
    if (!(thrown instanceof GatewayError)) throw thrown;
    unreadable(thrown);
    return [];
  }
}

/** Lets go of a body behind the end of its answer, without waiting: what still comes, and a break there, changes nothing. */
function release(rest: AsyncIterator<Uint8Array>, { over }: Partial<Connection>): void {
  if (!over) {
    void rest.return?.().catch(() => {});
    return;
  }
  over();
  const drain = async (): Promise<void> => {
    while (!(await rest.next()).done);
  };
  drain().catch(() => {});
}
