import { defined } from '../chat/defined.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { type GatewayError, mayRetry, toGatewayError } from '../errors.ts';
import { encodeText, jsonOutgoing, type KeepAlive, type Outgoing, type Stream } from '../http/message.ts';
import type { Answer } from '../roads/roads.ts';
import { tellChanges } from '../transforms/reshape.ts';

interface Telling {
  dialect: ClientDialect;
  requestId: string;
  keepAlive: KeepAlive;
  /** Told of what ended the stream before its end. */
  failed: (error: GatewayError) => void;
}

const streamHeaders = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

/** The answer of a road, whole or streamed. */
export function respond({ body, contentType, dropped, changes = {}, vision }: Answer, telling: Telling): Outgoing {
  const headers = {
    'content-type': contentType,
    ...(dropped.length === 0 ? {} : { 'x-sluice-dropped': dropped.join(', ') }),
    ...defined({ 'x-sluice-normalized': tellChanges(changes), 'x-sluice-vision': vision }),
  };
  if (body instanceof Uint8Array) return { status: 200, headers, body };
  return {
    status: 200,
    headers: { ...headers, ...streamHeaders },
    body: toldToTheEnd(body, telling),
    keepAlive: telling.keepAlive,
  };
}

/**
 * A stream for an answer whose provider is still silent: the status is 200 from now on, other targets may still be asked,
 * and what fails from here is told in the stream.
 */
export function respondLater(answering: Promise<Answer>, telling: Telling): Outgoing {
  // A caller who leaves before the first read never pulls the body; the failure is then nobody's to hear.
  answering.catch(() => {});
  async function* body(): AsyncGenerator<Uint8Array> {
    yield telling.keepAlive.bytes;
    const answer = await answering;
    if (answer.body instanceof Uint8Array) yield answer.body;
    else yield* answer.body;
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', ...streamHeaders },
    body: toldToTheEnd(body(), telling),
    keepAlive: telling.keepAlive,
  };
}

/**
 * A stream that never just stops: whatever breaks it is its last event, in the caller's dialect. By hand, since a generator
 * around a generator costs as much again for every piece.
 */
function toldToTheEnd(
  body: Stream<Uint8Array>,
  { dialect, requestId, failed, keepAlive }: Telling,
): Stream<Uint8Array> {
  let first: Uint8Array | undefined;
  let last: Uint8Array | undefined;

  function note(result: IteratorResult<Uint8Array, unknown>): IteratorResult<Uint8Array, unknown> {
    if (result.done || result.value === keepAlive.bytes) return result;
    first ??= result.value;
    last = result.value;
    return result;
  }

  function tellFailure(thrown: unknown): IteratorResult<Uint8Array, unknown> {
    const error = toGatewayError(thrown);
    failed(error);
    const told = first && last ? { first, last } : undefined;
    return { done: false, value: encodeText(dialect.errorEvent(error, requestId, told)) };
  }

  const stream: Stream<Uint8Array> = {
    next: () => body.next().then(note, tellFailure),
    return: () => body.return(undefined),
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
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
