import type { Attempt } from '../call/attempt.ts';
import type { Call } from '../call/call.ts';
import type { StreamReader } from '../dialects/dialect.ts';
import { type GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { encodeText } from '../http/message.ts';
import { sseFramer } from '../http/sse.ts';
import { inlineMedia } from '../media/inline.ts';
import type { Transformed } from '../transforms/apply.ts';
import { type EventFilter, filterReply } from '../transforms/event-filter.ts';
import { callProvider, isEventStream } from '../upstream/call-provider.ts';
import { firstEvent } from '../upstream/first-event.ts';
import { type Batch, readStream } from '../upstream/read-stream.ts';
import { readWhole } from '../upstream/read-whole.ts';
import { type Answer, checkDropped, readAnswer, streamTypeOf, wholeAnswer } from './answer.ts';
import { contentBound } from './content-bound.ts';
import type { RoadPorts } from './ports.ts';

/** The request as it is to be written, and what it cannot say to this target: tools and items of other vendors. */
interface Translated extends Transformed {
  leftOut?: readonly string[];
}

/** The long road: the request is written in the provider's dialect, and the answer read into the hub and written again. */
export async function translate(
  call: Call,
  attempt: Attempt,
  { request, changes, weakened, filter, leftOut = [] }: Translated,
  ports: RoadPorts,
): Promise<Answer | Refusal> {
  const { target, signal, meter } = attempt;
  const { dialect: upstream } = target.provider;
  checkDropped(weakened, ports.config);
  const { takesUrls } = upstream;
  const { fetchMedia, time } = ports;
  const inlining = { fetchMedia, limits: ports.config.media, signal, time };
  const inlined = takesUrls ? await inlineMedia(request, { ...inlining, takesUrls }) : request;
  if (isRefusal(inlined)) return inlined;
  const { stream } = call.glance;
  const { memo, dropped: unwritten, ...written } = upstream.writeRequest(inlined, target);
  const dropped = [...new Set([...(request.leftOut ?? []), ...leftOut, ...unwritten])];
  checkDropped(dropped, ports.config);
  const context = memo ? { ...call.context, memo } : call.context;
  const reply = await callProvider(attempt, { ...written, stream }, ports);
  if (isRefusal(reply)) return reply;
  if (stream && isEventStream(reply.headers)) {
    const reader = filtered(upstream.streamReader(context), filter);
    const { eventBytes, streamBytes } = ports.config.limits;
    const framer = (upstream.framer ?? sseFramer)(eventBytes);
    const batches = readStream(reply.body, framer, reader, fail, reply);
    const opened = await firstEvent(batches, { mostBytes: eventBytes, connection: reply });
    if (isRefusal(opened)) return opened;
    meter.answered();
    return {
      body: writeEvents(opened, call, attempt, contentBound(streamBytes)),
      contentType: streamTypeOf(call.dialect),
      dropped,
      changes,
    };
  }
  const { replyBytes, values } = ports.config.limits;
  const whole = await readWhole(reply, { mostBytes: replyBytes, mostValues: values });
  if (isRefusal(whole)) return whole;
  try {
    const read = readAnswer(attempt, whole.value, context);
    return {
      ...wholeAnswer(call, attempt, filter ? filterReply(read, filter) : read),
      dropped,
      changes,
    };
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

function filtered(reader: StreamReader, filter: EventFilter | undefined): StreamReader {
  if (!filter) return reader;
  return {
    ...reader,
    read: (event) => reader.read(event).flatMap((read) => filter.take(read)),
    end: () => [...reader.end().flatMap((read) => filter.take(read)), ...filter.end()],
  };
}

function fail(error: GatewayError): never {
  throw error;
}

async function* writeEvents(
  batches: AsyncIterable<Batch>,
  { dialect, glance, context }: Call,
  { meter, end }: Attempt,
  checkContent: ReturnType<typeof contentBound>,
): AsyncGenerator<Uint8Array> {
  const writer = dialect.streamWriter(glance, context);
  try {
    for await (const { events } of batches) {
      meter.see(events);
      checkContent(events);
      const last = events.at(-1);
      const text = events.map((event) => (event.type === 'error' ? '' : writer.write(event))).join('');
      if (text !== '') yield encodeText(text);
      if (last?.type === 'error') throw last.error;
    }
    end();
    yield encodeText(writer.end());
  } catch (thrown) {
    end(toGatewayError(thrown));
    throw thrown;
  } finally {
    end();
  }
}
