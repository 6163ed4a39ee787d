import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDoneWithin } from '../async/deadline.ts';
import { systemTime, type Time } from '../async/time.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { answer, type FailureLog, LEAVE_MS, STALLED_MS } from './answer.ts';
import { type CallerPresence, callerPresence } from './caller.ts';
import { refuseBytes } from './client-error.ts';
import { probeCaller } from './half-closed.ts';
import { nodeChannel } from './node-channel.ts';
import { readRequest } from './node-request.ts';

export interface ServeOptions {
  port: number;
  host: string;
  /** Largest request body, in bytes. */
  bodyBytes: number;
  log: FailureLog;
  time?: Time;
  /** How long `close` lets requests under way run before it cuts them; 30 s unless given. */
  graceMs?: number;
  /** How long a reader who does not read is waited for, in all, before an answer is cut; 120 s unless given. */
  stalledMs?: number;
  /** What bounds callers who send slowly, and how many there may be; `receivingBounds` unless given. */
  receiving?: Partial<typeof receivingBounds>;
}

export interface Server {
  url: string;
  /** How many requests are not answered yet. */
  underWay(): number;
  /** Takes no more requests, lets those under way end or cuts them after `graceMs`, then resolves. */
  close(): Promise<void>;
}

/** The tables of a set outlive what they held: with the response still in them, every request would be kept for a while. */
interface UnderWay {
  response: http.ServerResponse | undefined;
  caller: CallerPresence | undefined;
  answered: Promise<void>;
}

/** A request that is not here in time is refused with 408; connections beyond the most are closed at once. */
export const receivingBounds = { headersMs: 60_000, requestMs: 300_000, lookedAtEveryMs: 30_000, connections: 10_000 };

const GRACE_MS = 30_000;
/** A host of its own needs no deadline; the gateway's own time-outs end what takes too long. */
const NO_DEADLINE = Number.MAX_SAFE_INTEGER;

/** Serves a gateway over node's own HTTP: on a developer's machine and in containers, many requests at once. */
export async function serve(gateway: Gateway, options: ServeOptions): Promise<Server> {
  const { port, host, bodyBytes, log, time = systemTime, graceMs = GRACE_MS, stalledMs = STALLED_MS } = options;
  const underWay = new Set<UnderWay>();
  let isClosing = false;

  const { headersMs, requestMs, lookedAtEveryMs, connections } = { ...receivingBounds, ...options.receiving };
  const server = http.createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: lookedAtEveryMs,
  });
  server.maxConnections = connections;

  function take(request: http.IncomingMessage, response: http.ServerResponse, wanted?: () => void): void {
    if (isClosing) response.setHeader('connection', 'close');
    const caller = callerPresence();
    response.once('close', () => {
      if (!response.writableFinished) caller.leave();
    });
    const channel = nodeChannel(request, response, { bodyBytes, caller, time });
    const answering = { deadline: NO_DEADLINE, caller, log, time, stalledMs };
    const incoming = readRequest(request, { mostBytes: bodyBytes, ...(wanted && { wanted }) });
    const answered = answer(gateway, incoming, channel, answering);
    const entry: UnderWay = { response, caller, answered };
    underWay.add(entry);
    answered.finally(() => {
      underWay.delete(entry);
      entry.response = undefined;
      entry.caller = undefined;
    });
  }

  server.on('request', (request, response) => take(request, response));
  // A caller who asks whether to send its body gets its answer when the body is wanted: one that is refused keeps it.
  server.on('checkContinue', (request, response) => take(request, response, () => response.writeContinue()));
  server.keepAliveTimeout = 65_000;
  // Node's own name for it, in no documentation: without it, who sends no more is taken for one who has left.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket) => {
    socket.on('end', () => {
      for (const { response, caller } of underWay) {
        if (caller && response?.socket === socket) probeCaller(response, caller, time);
      }
    });
  });
  server.on('clientError', (cause, socket) => refuseBytes(cause, socket, { responses: responses(), time }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  async function allAnswered(): Promise<void> {
    while (underWay.size > 0) await Promise.all([...underWay].map(({ answered }) => answered));
  }

  const responses = (): http.ServerResponse[] => [...underWay].flatMap(({ response }) => response ?? []);

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    underWay: () => underWay.size,
    async close() {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      if (!(await isDoneWithin(allAnswered(), graceMs, time))) {
        for (const response of responses()) response.destroy();
        // Each is given up within LEAVE_MS; as long again for its after-work.
        await isDoneWithin(allAnswered(), 2 * LEAVE_MS, time);
      }
      server.closeAllConnections();
      await closed;
    },
  };
}
