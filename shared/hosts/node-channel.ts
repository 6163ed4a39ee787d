import type http from 'node:http';
import type { Time } from '../async/time.ts';
import type { Channel } from './answer.ts';
import type { CallerPresence } from './caller.ts';
import { dropRest } from './node-request.ts';

/** How long the socket may take to send what was written before an answer was cut. */
const FLUSH_MS = 1_000;

interface ChannelOptions {
  bodyBytes: number;
  caller: CallerPresence;
  time: Time;
}

/** The way out of node's own HTTP. */
export function nodeChannel(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { bodyBytes, caller, time }: ChannelOptions,
): Channel {
  let isCut = false;
  const gone = (): boolean => isCut || response.destroyed || response.writableEnded;
  const isOut = (): boolean => response.closed || response.writableFinished;
  return {
    gone,
    isOpen: () => response.headersSent,
    open({ status, headers, body }) {
      if (gone()) return;
      const sent: http.OutgoingHttpHeaders = { ...headers };
      if (body instanceof Uint8Array && request.method !== 'HEAD' && status !== 204) {
        sent['content-length'] = body.byteLength;
      }
      // What is left of a refused body must not be taken for the next request.
      if (!request.complete) sent.connection = 'close';
      // Left behind by a call that failed, it would stay the reason phrase of the next status.
      if (response.statusMessage) response.statusMessage = '';
      response.writeHead(status, sent);
    },
    write: (bytes) => gone() || response.write(bytes),
    drained: () => settled(response, ['drain', 'close']),
    end(last) {
      if (!gone() && !request.complete) return endAfterRest(last);
      if (!gone()) response.end(last);
      return isOut() ? undefined : settled(response, ['finish', 'close']);
    },
    cut() {
      if (isCut) return;
      isCut = true;
      caller.leave();
      // Without the last chunk, or with fewer bytes than announced, the caller sees that the answer is not whole.
      response.socket?.destroySoon();
      const timer = time.after(FLUSH_MS, () => response.destroy());
      response.once('close', () => timer.clear());
    },
  };

  /** Node closes the connection at the end of such an answer: the body's rest is read before, but the answer is out at once. */
  async function endAfterRest(last: Uint8Array | undefined): Promise<void> {
    if (last && last.byteLength > 0) response.write(last);
    else response.flushHeaders();
    await dropRest(request, bodyBytes, time);
    response.end();
    if (!isOut()) await settled(response, ['finish', 'close']);
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
