import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Time, Timer } from '../async/time.ts';
import type { Timeouts } from '../catalog/schema.ts';
import { GatewayError, isRefusal, type Refusal, refuse } from '../errors.ts';
import type { Headers } from '../http/message.ts';
import { addressOf, timedOut, watchConnect } from './connect.ts';
import { type Body, readBody } from './read-body.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** Calls a provider. Before an answer begins, a failure is a refusal; afterwards the body throws a `GatewayError`. */
export type Send = (call: UpstreamCall) => Promise<UpstreamReply | UpstreamRefusal>;

export interface UpstreamCall {
  url: string;
  /** `POST` unless given. */
  method?: Method;
  headers: Record<string, string>;
  body: Uint8Array;
  /** `firstEventMs` holds until `begun` is called, `replyMs` is not looked at. */
  timeouts: Timeouts;
  /** Ends the call; its reason is the `GatewayError` to fail with. */
  signal: AbortSignal;
  /** Called where the body of an answer (2xx) does not come to its end: time-out, break, or what ended the call. */
  broken?(): void;
}

export interface UpstreamReply extends Partial<Connection>, SentTwice {
  status: number;
  headers: Headers;
  /** Unpacked, where it came packed. */
  body: Body;
  /** Epoch milliseconds at which its headers came. */
  at: number;
}

export interface UpstreamRefusal extends Refusal, SentTwice {
  /** All of the request was written, so that the provider may have served it. */
  isSent?: boolean;
}

interface SentTwice {
  /** The request was written to a kept connection that broke, and then once more: the provider may have served both. */
  sentTwice?: boolean;
}

/** What the reader of a body knows and the connection behind it must know; absent where a reply comes from elsewhere. */
export interface Connection {
  /** The answer has begun: from here on only the idle and the total time-out hold. */
  begun(): void;
  /**
   * The answer is finished: its body may go on for so many milliseconds from now, whatever comes meanwhile. It goes on where nothing
   * is given.
   */
  expectEnd(mostMs?: number): void;
  /** The answer is over: the connection is kept where its body ends at once, and closed where it does not. */
  over(): void;
}

/**
 * Node's own HTTP client with one keep-alive agent a scheme: it costs half the CPU of `fetch` for each piece of a stream and
 * nothing at start.
 */
export function createSend(time: Pick<Time, 'now' | 'after'>): Send {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, scheduling: 'lifo' }),
    'https:': new https.Agent({ keepAlive: true, scheduling: 'lifo' }),
  };
  return async (call) => {
    const begun = time.now();
    const first = await sendOnce(call, agents, time);
    if (!isRefusal(first) || !first.isReset) return first;
    // A kept connection was reset before any answer: most likely the provider had closed it while it was idle. It is asked once
    // more, on a new connection, since others that were kept may be closed too. Where bytes of the request had been written, it
    // is unknown whether they were served, so that is recorded.
    const firstEventMs = Math.max(1, call.timeouts.firstEventMs - (time.now() - begun));
    const again = await sendOnce({ ...call, timeouts: { ...call.timeouts, firstEventMs } }, newConnection, time);
    const isWrittenAgain = !isRefusal(again) || again.isWritten;
    return first.isWritten && isWrittenAgain ? { ...again, sentTwice: true } : again;
  };
}

/** A request that brought no answer. */
interface Unanswered extends Refusal {
  /** It was written to a kept connection, which was reset before the provider answered anything on it. */
  isReset: boolean;
  /** Bytes of it were written. */
  isWritten: boolean;
  /** All of it was. */
  isSent: boolean;
}

interface Agents {
  'http:': http.Agent | false;
  'https:': https.Agent | false;
}

/** Without an agent Node opens a connection for this request alone. */
const newConnection: Agents = { 'http:': false, 'https:': false };

/** An error's body says little more than its status: it is not waited for longer than that. */
const ERROR_BODY_MS = 5_000;
/** Informational answers (1xx) before an answer; each costs as much as an answer. */
const MOST_INFORMATIONAL = 100;
/** How long a connection is held open for the end of its body, so that it can be kept for the next request. */
const LAST_BYTES_MS = 200;

/**
 * One request over Node's client. It can end with `response`, `upgrade`, `error`, or with `close` alone (a 101 that was not asked
 * for); informational answers (1xx) only precede one of them. Each settles, and `close` releases timers and listeners.
 */
function sendOnce(
  call: UpstreamCall,
  agents: Agents,
  time: Pick<Time, 'now' | 'after'>,
): Promise<UpstreamReply | Unanswered> {
  const address = addressOf(call.url);
  const secure = address.protocol === 'https:';
  const { connectMs, firstEventMs, idleMs } = call.timeouts;
  const { promise, resolve } = Promise.withResolvers<UpstreamReply | Unanswered>();
  /** Why the gateway ended the call itself, where it did. */
  let ended: GatewayError | undefined;
  let isSettled = false;
  let isOver = false;
  let isClosed = false;

  const request = (secure ? https : http).request({
    ...address,
    method: call.method ?? 'POST',
    agent: agents[secure ? 'https:' : 'http:'],
    headers: { ...call.headers, 'content-length': call.body.byteLength },
  });
  const end = (error: GatewayError): void => {
    ended ??= error;
    request.destroy();
  };
  const onAbort = (): void => end(abortReason(call.signal));
  if (call.signal.aborted) onAbort();
  call.signal.addEventListener('abort', onAbort, { once: true });
  // A timer of its own: that of the socket begins anew with every byte, and a provider may send bytes without an answer in them.
  let waiting = time.after(firstEventMs, () => end(timedOut('did not answer', firstEventMs)));
  let ending: Timer | undefined;

  let writtenBefore = 0;
  let isConnected = false;
  request.on('socket', (socket: Socket) => {
    writtenBefore = socket.bytesWritten;
    isConnected = !socket.connecting;
    // On a kept connection 'connect' never comes again: the listener would hold this request as long as the connection lives.
    if (socket.connecting) {
      socket.once('connect', () => {
        isConnected = true;
      });
    }
    watchConnect(socket, { secure, connectMs, end, time });
  });
  // Bytes that wait for a connection count as written, too.
  const isWritten = (): boolean => isConnected && (request.socket?.bytesWritten ?? 0) > writtenBefore;
  function fail(error: GatewayError, isReset = false): void {
    isSettled = true;
    resolve({ ...refuse(ended ?? error), isReset, isWritten: isWritten(), isSent });
  }

  let isSent = false;
  request.on('finish', () => {
    isSent = true;
  });
  let informational = 0;
  request.on('information', () => {
    informational += 1;
    if (informational > MOST_INFORMATIONAL) end(tooManyInformational());
  });
  request.on('timeout', () => end(timedOut('fell silent', idleMs)));
  request.on('response', (response) => {
    const { statusCode: status = 502 } = response;
    if (status < 200) return end(switched());
    request.setTimeout(idleMs);
    if (status >= 300) {
      waiting.clear();
      waiting = time.after(ERROR_BODY_MS, () => end(timedOut('did not finish its error', ERROR_BODY_MS)));
    }
    // What has come and waits for its reader, who may wait for a slow caller, is read before the body ends.
    const endReading = (error: GatewayError): void => {
      ended ??= error;
      if (response.readableLength === 0) request.destroy();
    };
    const connection: Connection = {
      begun() {
        // A short answer is over before its reader can say that it has begun.
        if (!isOver) waiting.clear();
      },
      expectEnd(mostMs) {
        ending?.clear();
        if (mostMs === undefined || isClosed) return;
        ending = time.after(mostMs, () => endReading(timedOut('did not end its stream', mostMs)));
      },
      over() {
        isOver = true;
        ending?.clear();
        if (isClosed) return;
        waiting.clear();
        waiting = time.after(LAST_BYTES_MS, () => request.destroy());
      },
    };
    const headers = response.headers as Record<string, string>;
    isSettled = true;
    const body = readBody(response, () => ended, status < 300 ? call.broken : undefined);
    resolve({ status, headers, at: time.now(), body, ...connection });
  });
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    fail(switched());
  });
  request.on('error', (error: NodeJS.ErrnoException) =>
    fail(unreachable(error), !ended && request.reusedSocket && isReset(error)),
  );
  request.on('close', () => {
    isClosed = true;
    waiting.clear();
    ending?.clear();
    call.signal.removeEventListener('abort', onAbort);
    // Most often it was answered: an error made in vain costs more than all else that happens here.
    if (!isSettled) fail(new GatewayError('upstream', 'The provider closed the connection without an answer.'));
  });
  request.end(call.body);
  return promise;
}

const isReset = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

export function abortReason({ reason }: AbortSignal): GatewayError {
  return reason instanceof GatewayError
    ? reason
    : new GatewayError('caller_left', 'The caller left.', { cause: reason });
}

const switched = (): GatewayError => new GatewayError('upstream', 'The provider switched to another protocol.');

const tooManyInformational = (): GatewayError =>
  new GatewayError('upstream', `The provider sent more than ${MOST_INFORMATIONAL} informational answers.`);

const unreachable = (cause: unknown): GatewayError =>
  new GatewayError('upstream', 'The provider could not be reached.', { cause });
