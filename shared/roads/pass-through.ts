import type { Meter } from '../accounting/meter.ts';
import type { Target } from '../catalog/catalog.ts';
import type { ShortRoad, StreamReader } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { UpstreamReply } from '../gateway/parts.ts';
import { editMembers } from '../http/json-members.ts';
import type { Headers, Stream } from '../http/message.ts';
import { sseFramer } from '../http/sse.ts';
import { ask, isEventStream, readWhole } from '../upstream/ask.ts';
import { type Batch, readBatches } from '../upstream/batches.ts';
import { firstEvent } from '../upstream/first-event.ts';
import { type Answer, checkDropped, type Passage, replayed } from './roads.ts';

/**
 * The short road: caller and provider speak the same dialect, the bytes pass and we look on. What nobody understands
 * survives because nobody touches it.
 */
export async function passThrough(passage: Passage, short: ShortRoad, target: Target): Promise<Answer | Refusal> {
  const { context, meter } = passage;
  const upstream = target.provider.dialect;
  const { edits, headers, dropped, hidesUsage } = short.edit(passage.body, passage.glance, target);
  checkDropped(dropped, passage.parts);
  const forwarded = forwardedHeaders(passage.http.headers, short);
  const body = editMembers(passage.body, edits);
  const reply = await ask(passage, target, { headers: { ...forwarded, ...headers }, body });
  if (isRefusal(reply)) return reply;
  if (passage.stream && isEventStream(reply.headers)) {
    const batches = await openStream(upstream.streamReader(context), reply, meter);
    if (isRefusal(batches)) return batches;
    const hides = hidesUsage ? short.isOnlyUsage : undefined;
    const contentType = reply.headers['content-type'] ?? 'text/event-stream';
    return { body: passFrames(batches, meter, hides), contentType, dropped };
  }
  const whole = await readWhole(reply);
  if (isRefusal(whole)) return whole;
  try {
    const read = upstream.readReply(whole.value, context);
    meter.answered();
    meter.seeReply(read);
    if (passage.stream) return replayed(passage, read, dropped);
    return { body: whole.bytes, contentType: reply.headers['content-type'] ?? 'application/json', dropped };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** Headers of the caller that go to a provider of its own dialect. */
export function forwardedHeaders(headers: Headers, { forwards }: ShortRoad): Record<string, string> {
  const present = forwards.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, headers[name]!]));
}

/** Opens a stream on which what we cannot read is only counted: it may make sense to the caller. */
async function openStream(
  reader: StreamReader,
  { body }: UpstreamReply,
  meter: Meter,
): Promise<Stream<Batch> | Refusal> {
  const opened = await firstEvent(readBatches(body, sseFramer(), reader, () => meter.unreadable()));
  if (!isRefusal(opened)) meter.answered();
  return opened;
}

async function* passFrames(
  batches: AsyncIterable<Batch>,
  meter: Meter,
  hides: ShortRoad['isOnlyUsage'] | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const { frames, events } of batches) {
    meter.see(events);
    const shown = hides ? frames.filter(({ event }) => !(event && hides(event))) : frames;
    if (shown.length === 1) yield shown[0]!.bytes;
    else if (shown.length > 1) yield Buffer.concat(shown.map(({ bytes }) => bytes));
    const last = events.at(-1);
    if (last?.type === 'error') throw last.error;
  }
}
