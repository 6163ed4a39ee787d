import net from 'node:net';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { systemTime, type Time } from '../../shared/async/time.ts';
import type { Gateway } from '../../shared/gateway/gateway.ts';
import { lambdaHandler, type StreamedHandler } from '../../shared/hosts/lambda.ts';
import type { FunctionUrlEvent } from '../../shared/hosts/lambda-event.ts';
import { type ServeOptions, type Server, serve } from '../../shared/hosts/node.ts';
import type { Outgoing } from '../../shared/http/message.ts';

/** A clock whose timers end after a twentieth of their time. */
export const hurried: Time = { ...systemTime, after: (ms, task) => systemTime.after(ms / 20, task) };

export interface Hosted extends Server {
  port: number;
  /** What the host logged as errors. */
  logged: { message: string; cause: unknown }[];
  /** How often the work after a request was done. */
  afterRuns(): number;
}

/** A gateway function on the node host, with one piece of after-work a request. */
export async function host(gateway: Gateway, options: Partial<ServeOptions> = {}): Promise<Hosted> {
  const { logged, log } = errorLog();
  let afterRuns = 0;
  const server = await serve(
    async (http, run) => {
      run.after(() => {
        afterRuns += 1;
      });
      return gateway(http, run);
    },
    { port: 0, host: '127.0.0.1', bodyBytes: 1_000_000, log, ...options },
  );
  onTestFinished(() => server.close());
  return { ...server, port: Number(new URL(server.url).port), logged, afterRuns: () => afterRuns };
}

export interface Invoked {
  head: { statusCode: number; headers: Record<string, string> } | undefined;
  text: string;
  logged: { message: string; cause: unknown }[];
  warned: string[];
  afterRuns: number;
}

/** Where a function's response goes: a reader who may fail or stop reading. */
export interface Reader {
  take(bytes: Buffer, taken: (failure?: Error) => void): void;
}

/** One request to a gateway function on the Lambda host, over a stand-in of what AWS's runtime gives. */
export async function invoke(
  gateway: Gateway,
  options: Parameters<typeof lambdaHandler>[2] & {
    remainingMs?: number;
    reader?: Reader;
    event?: Partial<FunctionUrlEvent>;
    /** The whole event, whatever it is. */
    rawEvent?: unknown;
  } = {},
): Promise<Invoked> {
  const { logged, warned, log } = errorLog();
  let afterRuns = 0;
  let head: Invoked['head'];
  const pieces: Buffer[] = [];
  const { remainingMs = 60_000, reader, event: own, rawEvent = { ...usual, ...own }, ...rest } = options;
  const stream = new Writable({
    write(bytes: Buffer, _, taken) {
      pieces.push(bytes);
      if (reader) reader.take(bytes, taken);
      else taken();
    },
  });
  const runtime = {
    streamifyResponse: (handler: StreamedHandler) => handler,
    HttpResponseStream: {
      from(body: Writable, metadata: NonNullable<Invoked['head']>) {
        head = metadata;
        return body;
      },
    },
  };
  Object.assign(globalThis, { awslambda: runtime });
  const handler = lambdaHandler(
    async (http, run) => {
      run.after(() => {
        afterRuns += 1;
      });
      return gateway(http, run);
    },
    log,
    rest,
  ) as StreamedHandler;
  await handler(rawEvent, stream, { awsRequestId: 'r', getRemainingTimeInMillis: () => remainingMs });
  return { head, text: Buffer.concat(pieces).toString(), logged, warned, afterRuns };
}

const usual: FunctionUrlEvent = {
  rawPath: '/v1/any',
  rawQueryString: '',
  headers: {},
  requestContext: { http: { method: 'POST' } },
  body: '{}',
};

function errorLog() {
  const logged: { message: string; cause: unknown }[] = [];
  const warned: string[] = [];
  const log = {
    request() {},
    warn: (message: string) => void warned.push(message),
    error: (message: string, fields: Record<string, unknown> = {}) =>
      void logged.push({ message, cause: fields.cause }),
  };
  return { logged, warned, log };
}

/** An answer of these pieces; a piece that is an error is thrown. `returned` counts how often it was ended early or came to its end. */
export function streamOf(pieces: Iterable<string | Uint8Array | Error>, headers: Record<string, string> = {}) {
  const seen = { ended: 0 };
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of pieces) {
        if (piece instanceof Error) throw piece;
        yield typeof piece === 'string' ? Buffer.from(piece) : piece;
      }
    } finally {
      seen.ended += 1;
    }
  }
  const outgoing: Outgoing = {
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...headers },
    body: body(),
  };
  return { outgoing, seen };
}

export const text = (body: string, headers: Record<string, string> = {}): Outgoing => ({
  status: 200,
  headers: { 'content-type': 'text/plain', ...headers },
  body: Buffer.from(body),
});

/** A socket to the host, with all it has received as text. */
export async function rawSocket(
  port: number,
): Promise<{ socket: net.Socket; received(): string; closed: Promise<void> }> {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    received += piece;
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, received: () => received, closed };
}
