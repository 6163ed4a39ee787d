import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import { callerId } from '../call/caller.ts';
import type { CatalogProvider } from '../catalog/catalog.ts';
import type { ShortRoad, StreamReader } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { editMembers } from '../http/json-members.ts';
import { encodeText, type Headers, type Stream } from '../http/message.ts';
import { type Frame, sseFramer } from '../http/sse.ts';
import { callProvider, isEventStream } from '../upstream/call-provider.ts';
import { firstEvent } from '../upstream/first-event.ts';
import { type Batch, readStream } from '../upstream/read-stream.ts';
import { readWhole } from '../upstream/read-whole.ts';
import type { UpstreamReply } from '../upstream/send.ts';
import { type Answer, checkDropped, readAnswer, wholeAnswer } from './answer.ts';
import type { RoadPorts } from './ports.ts';

/**
 * The short road: caller and provider speak the same dialect, so the bytes pass in both directions and are only read on the
 * way. Fields that the gateway does not know pass unchanged.
 */
export async function passThrough(
  call: Call,
  attempt: Attempt,
  short: ShortRoad,
  ports: RoadPorts,
): Promise<Answer | Refusal> {
  const { context, glance } = call;
  const { target } = attempt;
  const upstream = target.provider.dialect;
  const { stream } = glance;
  const { edits, headers: own, dropped, hidesUsage, path } = short.edit(call.body, glance, target);
  checkDropped(dropped, ports.config);
  const headers = { ...forwardedHeaders(call.http.headers, short, target.provider), ...own };
  const reply = await callProvider(
    attempt,
    { headers, body: editMembers(call.body, edits), stream, ...(path ? { path } : {}) },
    ports,
  );
  if (isRefusal(reply)) return reply;
  if (stream && isEventStream(reply.headers)) {
    const { reader, missing } = watched(upstream.streamReader(context), short);
    const batches = await openStream(reader, reply, attempt, ports.config.limits.eventBytes);
    if (isRefusal(batches)) return batches;
    const passing = { hides: hidesUsage ? short.isOnlyUsage : undefined, missing };
    const contentType = typeOf(reply.headers, /^text\/event-stream\b/i) ?? 'text/event-stream';
    const noted = keeping(call, attempt, short, ports);
    const body = passFrames(
      noted ? noteStart(batches, noted, { kept: ports.kept, isLater: glance.isLater ?? false }) : batches,
      attempt,
      passing,
    );
    return { body, contentType, dropped };
  }
  const { replyBytes, values } = ports.config.limits;
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
  if (isRefusal(whole)) return whole;
  try {
    const read = readAnswer(attempt, whole.value, context);
    await keeping(call, attempt, short, ports)?.(read.id, read.choices.length === 0);
    const answer = wholeAnswer(call, attempt, read, whole.bytes);
    const contentType = stream ? undefined : typeOf(reply.headers, /^application\/(?:[\w.-]+\+)?json\b/i);
    return { ...answer, ...(contentType ? { contentType } : {}), dropped };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** Opens a stream on which an event that cannot be read is only counted: the caller may understand it. */
export async function openStream(
  reader: StreamReader,
  reply: UpstreamReply,
  { meter }: Attempt,
  mostBytes: number,
): Promise<Stream<Batch> | Refusal> {
  const batches = readStream(reply.body, sseFramer(mostBytes), reader, () => meter.unreadable(), reply);
  const opened = await firstEvent(batches, { mostBytes, connection: reply });
  if (!isRefusal(opened)) meter.answered();
  return opened;
}

/** Notes an answer by its id; absent where the provider keeps none. */
type Note = (id: string, isPending?: boolean) => Promise<void>;

function keeping(
  { caller, glance }: Call,
  { target }: Attempt,
  short: ShortRoad,
  { kept }: RoadPorts,
): Note | undefined {
  const { provider, model, traits } = target;
  if (!short.keeps?.(glance, traits)) return undefined;
  return (id, isPending = glance.isLater ?? false) =>
    kept.write({ id, caller: callerId(caller), provider: provider.name, model, isPending });
}

/**
 * Notes a streamed answer as soon as its id is known; the note is there before the last batch goes out. One that is made in the background
 * goes on where its caller leaves: only at its end is it counted here, and not again when it is read.
 */
async function* noteStart(
  batches: Stream<Batch>,
  note: Note,
  { kept, isLater }: { kept: RoadPorts['kept']; isLater: boolean },
): AsyncGenerator<Batch> {
  let id: string | undefined;
  let noting: Promise<void> | undefined;
  for await (const batch of batches) {
    const start = batch.events.find(({ type }) => type === 'start');
    if (start?.type === 'start' && id === undefined) {
      id = start.id;
      noting = note(id);
    }
    if (batch.events.some(({ type }) => type === 'finish' || type === 'error')) {
      await noting;
      // Where the table is away, it is counted once more when it is read.
      if (id !== undefined && isLater && batch.events.some(isUsage)) await kept.counted(id).catch(() => false);
    }
    yield batch;
  }
}

const isUsage = ({ type }: Batch['events'][number]): boolean => type === 'usage';

/** A header that no HTTP client can send would fail the whole call: a caller of a function may send any text. */
const SENDABLE = /^[\t -~\u0080-\u00ff]*$/;

/** Headers of the caller that go to a provider of its own dialect. */
export function forwardedHeaders(
  headers: Headers,
  { forwards, suggests = [] }: Pick<ShortRoad, 'forwards' | 'suggests'>,
  { headers: configured }: Pick<CatalogProvider, 'headers'>,
): Record<string, string> {
  const whole = new Set([...forwards, ...suggests.filter((name) => configured[name] === undefined)]);
  const beginnings = forwards.flatMap((name) => (name.endsWith('*') ? [name.slice(0, -1)] : []));
  const isForwarded = (name: string): boolean =>
    whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
  const forwarded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && isForwarded(name) && SENDABLE.test(value)) forwarded[name] = value;
  }
  return forwarded;
}

/** The provider's content type where it is of the kind that its bytes are; some say another. */
function typeOf(headers: Headers, kind: RegExp): string | undefined {
  const type = headers['content-type'];
  return type !== undefined && kind.test(type) ? type : undefined;
}

/**
 * The reader, and what a caller must still get at a stream's end: clients wait for the dialect's last event, which some
 * providers leave out behind a finished answer.
 */
function watched(
  { read, ...rest }: StreamReader,
  { lastEvent }: ShortRoad,
): { reader: StreamReader; missing: () => string | undefined } {
  let isOver = false;
  const reader: StreamReader = {
    ...rest,
    read(event) {
      const events = read(event);
      // At the end of the bytes a reader calls the stream over by itself: only here is it the provider's own last event.
      isOver = rest.state?.() === 'over';
      return events;
    },
  };
  return { reader, missing: () => (isOver ? undefined : lastEvent) };
}

interface Passing {
  hides: ShortRoad['isOnlyUsage'] | undefined;
  missing: () => string | undefined;
}

/** Below this, copying frames together costs less than a write for each. */
const COPIED_BYTES = 16 * 1024;

/** The bytes of frames in few writes. Frames that lie side by side in what was read are written from there, without a copy. */
function writesOf(frames: readonly Frame[]): Buffer[] {
  const [only] = frames;
  if (!only) return [];
  if (frames.length === 1) return [only.bytes];
  const length = frames.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  if (length < COPIED_BYTES)
    return [
      Buffer.concat(
        frames.map(({ bytes }) => bytes),
        length,
      ),
    ];
  const writes: Buffer[] = [];
  for (const { bytes } of frames) {
    const last = writes.at(-1);
    const isNext = last?.buffer === bytes.buffer && last.byteOffset + last.byteLength === bytes.byteOffset;
    if (isNext)
      writes[writes.length - 1] = Buffer.from(bytes.buffer, last.byteOffset, last.byteLength + bytes.byteLength);
    else writes.push(bytes);
  }
  return writes;
}

export async function* passFrames(
  batches: AsyncIterable<Batch>,
  { meter, end }: Attempt,
  { hides, missing }: Passing,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const { frames, events } of batches) {
      meter.see(events);
      const shown = hides ? frames.filter(({ event }) => !(event && hides(event))) : frames;
      const last = events.at(-1);
      const writes = writesOf(shown);
      // The reader may be slow: what was read of these bytes need not wait in memory with them.
      frames.length = 0;
      events.length = 0;
      // `yield*` would wait twice for each.
      for (const bytes of writes) yield bytes;
      if (last?.type === 'error') throw last.error;
    }
    const lastEvent = missing();
    if (lastEvent) yield encodeText(lastEvent);
  } catch (thrown) {
    end(toGatewayError(thrown));
    throw thrown;
  } finally {
    end();
  }
}
