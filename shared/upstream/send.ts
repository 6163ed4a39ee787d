import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import type { Time } from '../async/time.ts';
import type { Timeouts } from '../catalog/schema.ts';
import { GatewayError, type Refusal, refuse } from '../errors.ts';
import type { Headers } from '../http/message.ts';

/** Calls a provider. Before an answer begins, a failure is a refusal; afterwards the body throws a `GatewayError`. */
export type Send = (call: UpstreamCall) => Promise<UpstreamReply | Refusal>;

export interface UpstreamCall {
  url: string;
  headers: Record<string, string>;
  body: Uint8Array;
  timeouts: Timeouts;
  /** Ends the call; its reason is the `GatewayError` to fail with. */
  signal: AbortSignal;
  /** Called when the request was written to a kept connection that broke, and then once more: the provider may have served both. */
  sentTwice?: () => void;
}

export interface UpstreamReply {
  status: number;
  headers: Headers;
  body: AsyncIterable<Uint8Array>;
  /** Epoch milliseconds at which its headers came. */
  at: number;
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
    const first = await sendOnce(call, agents, time);
    if (first.answer) return first.answer;
    // A kept connection was reset before any answer: most likely the provider had closed it while it was idle. It is asked once
    // more; where bytes of the request had been written, it is unknown whether they were served, so that is recorded.
    const again = await sendOnce(call, agents, time);
    if (first.wasWritten && again.wasWritten) call.sentTwice?.();
    return again.answer ?? refuse(brokenOff());
  };
}

interface Outcome {
  /** Absent where a kept connection was reset before the provider answered anything on it. */
  answer: UpstreamReply | Refusal | undefined;
  /** Whether bytes of the request left. */
  wasWritten: boolean;
}

type Agents = { 'http:': http.Agent; 'https:': https.Agent };

function sendOnce(call: UpstreamCall, agents: Agents, time: Pick<Time, 'now' | 'after'>): Promise<Outcome> {
  const url = new URL(call.url);
  const secure = url.protocol === 'https:';
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  /** Why the gateway ended the call itself, where it did. */
  let ended: GatewayError | undefined;

  const request = (secure ? https : http).request(url, {
    method: 'POST',
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

  let writtenBefore = 0;
  let isConnected = false;
  // Until a socket is connected, what waits to be written is counted as written.
  const wasWritten = (): boolean => isConnected && (request.socket?.bytesWritten ?? 0) > writtenBefore;
  request.on('socket', (socket: Socket) => {
    writtenBefore = socket.bytesWritten;
    isConnected = !socket.connecting;
    socket.once('connect', () => {
      isConnected = true;
    });
    watchConnect(socket, { secure, connectMs: call.timeouts.connectMs, end, time });
  });
  const { firstEventMs, idleMs } = call.timeouts;
  let answered = false;
  request.setTimeout(firstEventMs);
  request.on('timeout', () =>
    end(answered ? timedOut('fell silent', idleMs) : timedOut('did not answer', firstEventMs)),
  );
  request.on('response', (response) => {
    answered = true;
    request.setTimeout(idleMs);
    const reply = {
      status: response.statusCode ?? 502,
      headers: response.headers as Record<string, string>,
      at: time.now(),
      body: readBody(response, () => ended),
    };
    resolve({ answer: reply, wasWritten: true });
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    const wasReset = !ended && request.reusedSocket && isReset(error);
    resolve({ answer: wasReset ? undefined : refuse(ended ?? unreachable(error)), wasWritten: wasWritten() });
  });
  request.on('close', () => call.signal.removeEventListener('abort', onAbort));
  request.end(call.body);
  return promise;
}

interface Connecting {
  secure: boolean;
  connectMs: number;
  end: (error: GatewayError) => void;
  time: Pick<Time, 'after'>;
}

function watchConnect(socket: Socket, { secure, connectMs, end, time }: Connecting): void {
  if (!socket.connecting) return;
  const timer = time.after(connectMs, () => end(timedOut('could not be connected to', connectMs)));
  socket.once(secure ? 'secureConnect' : 'connect', timer.clear);
  socket.once('close', timer.clear);
}

/** The body, decoded where it came compressed all the same; a break in it is the provider's failure. */
async function* readBody(
  response: http.IncomingMessage,
  ended: () => GatewayError | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = decoders[String(response.headers['content-encoding'] ?? '').toLowerCase()];
  // The callback takes what `for await` throws as well: pipeline wants one.
  const source = decoder ? pipeline(response, decoder(), () => {}) : response;
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (cause) {
    throw ended() ?? brokenOff(cause);
  }
}

const decoders: Record<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress> = {
  gzip: () => zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
};

const isReset = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

function abortReason({ reason }: AbortSignal): GatewayError {
  return reason instanceof GatewayError
    ? reason
    : new GatewayError('caller_left', 'The caller left.', { cause: reason });
}

const timedOut = (what: string, ms: number): GatewayError =>
  new GatewayError('timeout', `The provider ${what} within ${ms / 1000} s.`);

const unreachable = (cause: unknown): GatewayError =>
  new GatewayError('upstream', 'The provider could not be reached.', { cause });

const brokenOff = (cause?: unknown): GatewayError =>
  new GatewayError('upstream', 'The connection to the provider broke off.', { cause });
