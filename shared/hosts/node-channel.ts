import type http from 'node:http';
import type { Time } from '../async/time.ts';
import type { Channel } from './answer.ts';
import { dropRest } from './node-request.ts';

/** How long the socket may take to send what was written before an answer was cut. */
const FLUSH_MS = 1_000;

interface ChannelOptions {
  bodyBytes: number;
  /** Aborted where the answer is cut. */
  left: AbortController;
  time: Time;
}

/** The way out of node's own HTTP. */
export function nodeChannel(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { bodyBytes, left, time }: ChannelOptions,
): Channel {
  let isCut = false;
  const gone = (): boolean => isCut || response.destroyed || response.writableEnded;
  return {
    gone,
    isOpen: () => response.headersSent,
    open({ status, headers, body }) {
      if (gone()) return;
      // What is left of a refused body must not be taken for the next request.
      const connection = request.complete ? {} : { connection: 'close' };
      const isSized = body instanceof Uint8Array && request.method !== 'HEAD' && status !== 204;
      const length = isSized ? { 'content-length': body.byteLength } : {};
      // Left behind by a call that failed, it would stay the reason phrase of the next status.
      response.statusMessage = '';
      response.writeHead(status, { ...headers, ...length, ...connection });
    },
    write: (bytes) => gone() || response.write(bytes),
    drained: () => settled(response, ['drain', 'close']),
    async end(last) {
      if (!gone()) await endAfterRest(last);
      if (!response.closed && !response.writableFinished) await settled(response, ['finish', 'close']);
    },
    cut() {
      if (isCut) return;
      isCut = true;
      left.abort();
      // Without the last chunk, or with fewer bytes than announced, the caller sees that the answer is not whole.
      response.socket?.destroySoon();
      const timer = time.after(FLUSH_MS, () => response.destroy());
      response.once('close', () => timer.clear());
    },
  };

  /** Node closes the connection at the end of such an answer: the body's rest is read before, but the answer is out at once. */
  async function endAfterRest(last: Uint8Array | undefined): Promise<void> {
    if (request.complete) return void response.end(last);
    if (last && last.byteLength > 0) response.write(last);
    else response.flushHeaders();
    await dropRest(request, bodyBytes, time);
    response.end();
  }
}

function settled(response: http.ServerResponse, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of events) response.off(event, settle);
      resolve();
    };
    for (const event of events) response.on(event, settle);
  });
}
