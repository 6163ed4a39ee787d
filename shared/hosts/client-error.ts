import type http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Time } from '../async/time.ts';

/** Time for the caller to read why the connection is closed. */
const LINGER_MS = 5_000;

const refusals: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

export interface OpenAnswers {
  /** The answers under way, on all connections. */
  responses: Iterable<http.ServerResponse>;
  time: Time;
}

/**
 * Closes a connection whose bytes are no HTTP. The caller reads why, unless an answer is being written on that connection: then
 * the answer is cut off, since a second one inside it would be read as a part of it.
 */
export function refuseBytes(cause: Error & { code?: string }, socket: Duplex, { responses, time }: OpenAnswers): void {
  if (socket.destroyed || socket.writableEnded) return;
  if (!socket.writable || isAnswering(socket, responses)) {
    socket.destroy();
    return;
  }
  const status = refusals[cause.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  const timer = time.after(LINGER_MS, () => socket.destroy());
  socket.once('close', () => timer.clear());
}

function isAnswering(socket: Duplex, responses: Iterable<http.ServerResponse>): boolean {
  for (const response of responses) {
    if (response.req.socket === socket && response.headersSent && !response.writableFinished) return true;
  }
  return false;
}
