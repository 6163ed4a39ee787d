import type { ClientDialect, ToldSoFar } from '../dialects/dialect.ts';
import { type GatewayError, mayRetry, toGatewayError } from '../errors.ts';
import { encodeText, jsonOutgoing, type KeepAlive, type Outgoing } from '../http/message.ts';
import type { Answer } from './roads.ts';

interface Stream {
  dialect: ClientDialect;
  requestId: string;
  keepAlive: KeepAlive;
  /** Told of what ended the stream before its end. */
  failed: (error: GatewayError) => void;
}

const streamHeaders = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

/** The answer of a road, whole or streamed. */
export function respond({ body, contentType, dropped }: Answer, stream: Stream): Outgoing {
  const headers = {
    'content-type': contentType,
    ...(dropped.length === 0 ? {} : { 'x-sluice-dropped': dropped.join(', ') }),
  };
  if (body instanceof Uint8Array) return { status: 200, headers, body };
  return {
    status: 200,
    headers: { ...headers, ...streamHeaders },
    body: toldToTheEnd(body, stream),
    keepAlive: stream.keepAlive,
  };
}

/**
 * A stream for an answer whose provider is still silent: the status is 200 from now on, other targets may still be asked,
 * and what fails from here is told in the stream.
 */
export function respondLater(answering: Promise<Answer>, stream: Stream): Outgoing {
  // A caller who leaves before the first read never pulls the body; the failure is then nobody's to hear.
  answering.catch(() => {});
  async function* body(): AsyncGenerator<Uint8Array> {
    yield stream.keepAlive.bytes;
    const answer = await answering;
    if (answer.body instanceof Uint8Array) yield answer.body;
    else yield* answer.body;
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', ...streamHeaders },
    body: toldToTheEnd(body(), stream),
    keepAlive: stream.keepAlive,
  };
}

/** A stream that never just stops: whatever breaks it is its last event, in the caller's dialect. */
async function* toldToTheEnd(
  body: AsyncGenerator<Uint8Array>,
  { dialect, requestId, failed, keepAlive }: Stream,
): AsyncGenerator<Uint8Array> {
  let told: ToldSoFar | undefined;
  try {
    for await (const bytes of body) {
      if (bytes !== keepAlive.bytes) told = { first: told?.first ?? bytes, last: bytes };
      yield bytes;
    }
  } catch (thrown) {
    const error = toGatewayError(thrown);
    failed(error);
    yield encodeText(dialect.errorEvent(error, requestId, told));
  }
}

/** An error as the caller's vendor tells it, with the headers the official clients obey. */
export function respondError(error: GatewayError, dialect: ClientDialect, requestId: string): Outgoing {
  const { retryAfter } = error;
  return jsonOutgoing(dialect.errorStatus(error), dialect.writeError(error, requestId), {
    'x-should-retry': String(mayRetry(error)),
    ...(retryAfter === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(retryAfter)), 'retry-after-ms': String(Math.round(retryAfter * 1000)) }),
  });
}
