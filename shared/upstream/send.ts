import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { GatewayError, type Refusal, refuse } from '../errors.ts';
import type { Send, UpstreamCall, UpstreamReply } from '../gateway/parts.ts';

/**
 * Opens the door to providers: node's own HTTP client with one keep-alive agent a scheme, since it costs half the CPU of
 * `fetch` for each piece of a stream and nothing at start.
 */
export function createSend(): Send {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, scheduling: 'lifo' }),
    'https:': new https.Agent({ keepAlive: true, scheduling: 'lifo' }),
  };
  return async (call) => {
    const first = await sendOnce(call, agents);
    // A kept connection that the provider had closed meanwhile: nothing was answered on it, so asking once more is safe.
    return first === 'stale' ? asAnswer(await sendOnce(call, agents)) : first;
  };
}

const asAnswer = (outcome: Outcome): UpstreamReply | Refusal => (outcome === 'stale' ? refuse(brokenOff()) : outcome);

type Outcome = UpstreamReply | Refusal | 'stale';
type Agents = { 'http:': http.Agent; 'https:': https.Agent };

function sendOnce(call: UpstreamCall, agents: Agents): Promise<Outcome> {
  const url = new URL(call.url);
  const secure = url.protocol === 'https:';
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  /** Why we ended the call ourselves, where we did. */
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

  request.on('socket', (socket: Socket) => watchConnect(socket, secure, call.timeouts.connectMs, end));
  const { firstEventMs, idleMs } = call.timeouts;
  let answered = false;
  request.setTimeout(firstEventMs);
  request.on('timeout', () =>
    end(answered ? timedOut('fell silent', idleMs) : timedOut('did not answer', firstEventMs)),
  );
  request.on('response', (response) => {
    answered = true;
    request.setTimeout(idleMs);
    resolve({
      status: response.statusCode ?? 502,
      headers: response.headers as Record<string, string>,
      body: readBody(response, () => ended),
    });
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (!ended && request.reusedSocket && isStale(error)) resolve('stale');
    else resolve(refuse(ended ?? unreachable(error)));
  });
  request.on('close', () => call.signal.removeEventListener('abort', onAbort));
  request.end(call.body);
  return promise;
}

function watchConnect(socket: Socket, secure: boolean, connectMs: number, end: (error: GatewayError) => void): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => end(timedOut('could not be connected to', connectMs)), connectMs);
  socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}

/** The body, decoded where it came compressed all the same; a break in it is the provider's failure, told once, here. */
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

const isStale = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

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
