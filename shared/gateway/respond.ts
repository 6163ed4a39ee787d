import type { Call } from '../call/call.ts';
import type { ClientDialect, WrittenSoFar } from '../dialects/dialect.ts';
import { type GatewayError, mayRetry, toGatewayError } from '../errors.ts';
import { encodeText, jsonOutgoing, type KeepAlive, type Outgoing, type Stream } from '../http/message.ts';
import { type Answer, streamTypeOf } from '../roads/answer.ts';
import { reportHeaders } from './response-headers.ts';

/** What writing an answer needs of its call. */
type AnswerContext = Pick<Call, 'dialect' | 'id'> & {
  account: Pick<Call['account'], 'failed'>;
  forCaller: (error: GatewayError) => GatewayError;
};

/**
 * The error as it may leave the gateway: without keys, and without what of a provider's words stays inside. `request` is what
 * its caller sent, which may be quoted.
 */
export type ForCaller = (error: GatewayError, request?: unknown) => GatewayError;

const streamHeaders = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };

/** The answer of a road, whole or streamed. */
export function respond(answer: Answer, call: AnswerContext, keepAlive: KeepAlive): Outgoing {
  const headers = { 'content-type': answer.contentType, ...reportHeaders(answer) };
  const { body } = answer;
  if (body instanceof Uint8Array) return { status: 200, headers, body };
  return { status: 200, headers: { ...headers, ...streamHeaders }, body: endingWell(body, call), keepAlive };
}

/**
 * A stream for an answer whose provider is still silent: the status is 200 from now on, other targets may still be asked,
 * and what fails from here on is an event of the stream. What would have been headers is a comment before its first event.
 */
export function respondLater(answering: Promise<Answer>, call: AnswerContext, keepAlive: KeepAlive): Outgoing {
  // If the caller leaves before the first read, the body is never pulled; without this the rejection is unhandled.
  answering.catch(() => {});
  async function* body(): AsyncGenerator<Uint8Array> {
    yield keepAlive.bytes;
    const answer = await answering;
    const reports = Object.entries(reportHeaders(answer)).map(([name, value]) => `: ${name}: ${value}\n`);
    if (reports.length > 0 && !call.dialect.takesNoComments) yield comment(reports);
    if (answer.body instanceof Uint8Array) yield answer.body;
    else yield* answer.body;
  }
  /** A comment is no event: where events are numbered, it is not the first. */
  const comments = new Set<Uint8Array>();
  function comment(lines: readonly string[]): Uint8Array {
    const bytes = encodeText(`${lines.join('')}\n`);
    comments.add(bytes);
    return bytes;
  }
  return {
    status: 200,
    headers: { 'content-type': streamTypeOf(call.dialect), ...streamHeaders },
    body: endingWell(body(), call, (bytes) => bytes === keepAlive.bytes || comments.has(bytes)),
    keepAlive,
  };
}

/**
 * A stream that never just stops: an error that breaks it becomes its last event, in the caller's dialect. By hand, since a
 * generator around a generator costs as much again for every piece.
 */
function endingWell(
  body: Stream<Uint8Array>,
  { dialect, id, account, forCaller }: AnswerContext,
  isComment: (bytes: Uint8Array) => boolean = () => false,
): Stream<Uint8Array> {
  let written: WrittenSoFar | undefined;

  function note(result: IteratorResult<Uint8Array, unknown>): IteratorResult<Uint8Array, unknown> {
    if (result.done || isComment(result.value) || isOnlyComments(result.value)) return result;
    written = { first: written?.first ?? result.value, last: result.value };
    return result;
  }

  function writeFailure(thrown: unknown): IteratorResult<Uint8Array, unknown> {
    const error = toGatewayError(thrown);
    account.failed(error);
    return { done: false, value: encodeText(dialect.errorEvent(forCaller(error), id, written)) };
  }

  const stream: Stream<Uint8Array> = {
    next: () => body.next().then(note, writeFailure),
    return: () => body.return(undefined),
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

const COLON = 58;

/** Comments of the provider pass with its bytes; they hold none of the numbers that a last event goes on from. */
const isOnlyComments = (bytes: Uint8Array): boolean => bytes[0] === COLON && !Buffer.from(bytes).includes('data:');

/**
 * A stream of bytes that have no events: an error in it can be shown by cutting it alone, so it is thrown. A caller who left is told
 * nothing.
 */
export function respondBytes(
  answer: Answer & { body: Stream<Uint8Array> },
  account: AnswerContext['account'],
): Outgoing {
  const { body } = answer;
  function fail(thrown: unknown): IteratorResult<Uint8Array, unknown> {
    const error = toGatewayError(thrown);
    account.failed(error);
    if (error.kind !== 'caller_left') throw error;
    return { done: true, value: undefined };
  }
  const stream: Stream<Uint8Array> = {
    next: () => body.next().catch(fail),
    return: () => body.return(undefined),
    [Symbol.asyncIterator]: () => stream,
  };
  return { status: 200, headers: { 'content-type': answer.contentType, ...reportHeaders(answer) }, body: stream };
}

/** An error as the caller's vendor writes it, with the headers the official clients obey. */
export function respondError(error: GatewayError, dialect: ClientDialect, requestId: string): Outgoing {
  const { retryAfter } = error;
  return jsonOutgoing(dialect.errorStatus(error), dialect.writeError(error, requestId), {
    'x-should-retry': String(mayRetry(error)),
    ...(retryAfter === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(retryAfter)), 'retry-after-ms': String(Math.round(retryAfter * 1000)) }),
  });
}
