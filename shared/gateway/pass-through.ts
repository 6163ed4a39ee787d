import type { Target } from '../catalog/catalog.ts';
import type { ClientDialect, Glance, UpstreamDialect } from '../dialects/dialect.ts';
import { isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { editMembers, type JsonBody } from '../http/json.ts';
import { ask, type Exchange, isEventStream, readWhole } from './ask.ts';
import { type Batch, readBatches } from './batches.ts';
import { firstEvent } from './first-event.ts';
import type { Meter } from './meter.ts';
import type { UpstreamReply } from './parts.ts';
import { type Answer, replayed } from './roads.ts';

/** What the short road needs of a request. */
export interface Passage extends Exchange {
  body: JsonBody;
  glance: Glance;
  dialect: ClientDialect;
  meter: Meter;
}

/**
 * The short road: caller and provider speak the same dialect, the bytes pass and we look on. What nobody understands
 * survives because nobody touches it.
 */
export async function passThrough(passage: Passage, target: Target): Promise<Answer | Refusal> {
  const upstream = target.provider.dialect;
  const { edits, headers, dropped, hidesUsage } = upstream.short.edit(passage.body, passage.glance, target);
  const reply = await ask(passage, target, { headers, body: editMembers(passage.body, edits) });
  if (isRefusal(reply)) return reply;
  if (passage.stream && isEventStream(reply.headers))
    return passStream(passage, upstream, reply, { dropped, hidesUsage });
  const whole = await readWhole(reply);
  if (isRefusal(whole)) return whole;
  try {
    const read = upstream.readReply(whole.value, passage.context);
    passage.meter.answered();
    passage.meter.seeReply(read);
    if (passage.stream) return replayed(passage, read, dropped);
    return { body: whole.bytes, contentType: reply.headers['content-type'] ?? 'application/json', dropped };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

async function passStream(
  { context, meter }: Passage,
  upstream: UpstreamDialect,
  reply: UpstreamReply,
  { dropped, hidesUsage }: { dropped: string[]; hidesUsage: boolean },
): Promise<Answer | Refusal> {
  const batches = readBatches(reply.body, upstream.streamReader(context), () => meter.unreadable());
  const opened = await firstEvent(batches);
  if (isRefusal(opened)) return opened;
  meter.answered();
  const hidden = hidesUsage ? upstream.short.isOnlyUsage : undefined;
  return {
    body: passFrames(opened, meter, hidden),
    contentType: reply.headers['content-type'] ?? 'text/event-stream',
    dropped,
  };
}

type Hides = UpstreamDialect['short']['isOnlyUsage'] | undefined;

async function* passFrames(batches: AsyncIterable<Batch>, meter: Meter, hides: Hides): AsyncGenerator<Uint8Array> {
  for await (const { frames, events } of batches) {
    meter.see(events);
    const shown = hides ? frames.filter(({ event }) => !(event && hides(event))) : frames;
    if (shown.length === 1) yield shown[0]!.bytes;
    else if (shown.length > 1) yield Buffer.concat(shown.map(({ bytes }) => bytes));
    const last = events.at(-1);
    if (last?.type === 'error') throw last.error;
  }
}
