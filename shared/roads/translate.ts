import type { Target } from '../catalog/catalog.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { StreamReader } from '../dialects/dialect.ts';
import { type GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { encodeText } from '../http/message.ts';
import { sseFramer } from '../http/sse.ts';
import { inlineMedia } from '../media/inline.ts';
import { type EventFilter, filterReply } from '../transforms/event-filter.ts';
import { mendingOf } from '../transforms/mend.ts';
import { ask, isEventStream, readWhole } from '../upstream/ask.ts';
import { type Batch, readBatches } from '../upstream/batches.ts';
import { firstEvent } from '../upstream/first-event.ts';
import { type Answer, checkDropped, type Passage, replayed } from './roads.ts';

/** The long road: read into the hub, written in the provider's dialect; the answer comes back the same way. */
export async function translate(passage: Passage, request: ChatRequest, target: Target): Promise<Answer | Refusal> {
  const { dialect, meter } = passage;
  const upstream = target.provider.dialect;
  const { takesUrls } = upstream;
  const inlined = takesUrls ? await inlineMedia(request, takesUrls, passage.parts, passage.signal) : request;
  if (isRefusal(inlined)) return inlined;
  const written = upstream.writeRequest(inlined, target);
  const mending = mendingOf(target, request);
  const { dropped, memo } = written;
  checkDropped(dropped, passage.parts);
  const context = { ...passage.context, ...(memo ? { memo } : {}) };
  const reply = await ask(passage, target, written);
  if (isRefusal(reply)) return reply;
  if (passage.stream && isEventStream(reply.headers)) {
    const reader = mended(upstream.streamReader(context), mending);
    const batches = readBatches(reply.body, (upstream.framer ?? sseFramer)(), reader, fail);
    const opened = await firstEvent(batches);
    if (isRefusal(opened)) return opened;
    meter.answered();
    return { body: writeEvents(opened, passage), contentType: 'text/event-stream; charset=utf-8', dropped };
  }
  const whole = await readWhole(reply);
  if (isRefusal(whole)) return whole;
  try {
    const told = upstream.readReply(whole.value, context);
    const read = mending ? filterReply(told, mending) : told;
    meter.answered();
    meter.seeReply(read);
    if (passage.stream) return replayed(passage, read, dropped);
    const body = encodeText(JSON.stringify(dialect.writeReply(read, context)));
    return { body, contentType: 'application/json', dropped };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

function mended(reader: StreamReader, mending: EventFilter | undefined): StreamReader {
  if (!mending) return reader;
  return {
    read: (event) => reader.read(event).flatMap((told) => mending.take(told)),
    end: () => [...reader.end().flatMap((told) => mending.take(told)), ...mending.end()],
  };
}

function fail(error: GatewayError): never {
  throw error;
}

async function* writeEvents(
  batches: AsyncIterable<Batch>,
  { dialect, glance, context, meter }: Passage,
): AsyncGenerator<Uint8Array> {
  const writer = dialect.streamWriter(glance, context);
  for await (const { events } of batches) {
    meter.see(events);
    const last = events.at(-1);
    const text = events.map((event) => (event.type === 'error' ? '' : writer.write(event))).join('');
    if (text !== '') yield encodeText(text);
    if (last?.type === 'error') throw last.error;
  }
  yield encodeText(writer.end());
}
