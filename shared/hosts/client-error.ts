import type http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';

/** Time for the caller to read the end of what is sent to it. */
const LINGER_MS = 5_000;

const refusals: Record<string, [status: number, reason: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

const sent = new WeakMap<http.IncomingMessage, GatewayError>();

/** The error that `refuseBytes` sent for a request: its reader sees only that the connection closes. */
export const errorSentFor = (request: http.IncomingMessage): GatewayError | undefined => sent.get(request);

export interface OpenAnswers {
  /** The answers under way, on all connections. */
  responses: Iterable<http.ServerResponse>;
  time: Time;
}

/**
 * Closes a connection whose bytes are no HTTP. The caller reads why, unless requests that came before those bytes are still
 * answered on it: these are answered to their end first, and nothing is written between.
 */
export function refuseBytes(cause: Error & { code?: string }, socket: Duplex, { responses, time }: OpenAnswers): void {
  if (socket.destroyed || socket.writableEnded) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const running = [...responses].filter(({ req, writableFinished }) => req.socket === socket && !writableFinished);
  const last = running.findLast(({ req }) => req.complete);
  if (last) {
    closeAfter(last, socket, time);
    return;
  }
  // The broken bytes are in the body of the one request under way: this is its answer, unless it has one already.
  if (running.some(({ headersSent }) => headersSent)) {
    close(socket, time, '');
    return;
  }
  const [status, reason] = refusals[cause.code ?? ''] ?? [400, 'Bad Request'];
  const error = new GatewayError('invalid_request', `The request body is cut off or broken: ${reason}.`, { status });
  for (const { req } of running) sent.set(req, error);
  close(socket, time, `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Answers whose connection is closed behind them already: every further piece of such bytes is an error of its own. */
const closing = new WeakSet<http.ServerResponse>();

function closeAfter(response: http.ServerResponse, socket: Duplex, time: Time): void {
  if (closing.has(response)) return;
  closing.add(response);
  if (!response.headersSent) response.setHeader('connection', 'close');
  response.once('finish', () => close(socket, time, ''));
}

function close(socket: Duplex, time: Time, last: string): void {
  socket.end(last);
  const timer = time.after(LINGER_MS, () => socket.destroy());
  socket.once('close', () => timer.clear());
}
