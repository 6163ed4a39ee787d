import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayError } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Incoming, Outgoing } from '../http/message.ts';
import type { Log } from '../log.ts';
import { type AfterTasks, afterTasks } from './after.ts';
import { pump } from './pump.ts';

export interface ServeOptions {
  port: number;
  host: string;
  /** Largest request body, in bytes. */
  bodyBytes: number;
  log: Log;
}

export interface Server {
  url: string;
  /** Takes no more requests, lets those under way end, then resolves. */
  close(): Promise<void>;
}

/** A host of its own needs no deadline; the gateway's own time-outs end what takes too long. */
const NO_DEADLINE = Number.MAX_SAFE_INTEGER;

/** Serves a gateway over node's own HTTP: on a developer's machine and in containers, many requests at once. */
export async function serve(gateway: Gateway, options: ServeOptions): Promise<Server> {
  const underWay = new Set<Promise<void>>();
  let closing = false;

  const server = http.createServer((request, response) => {
    if (closing) response.setHeader('connection', 'close');
    const answered = answer(gateway, request, response, options).catch((cause) => {
      options.log.error('a request could not be answered', { cause });
      response.destroy();
    });
    underWay.add(answered);
    answered.finally(() => underWay.delete(answered));
  });
  server.keepAliveTimeout = 65_000;
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.all(underWay);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  gateway: Gateway,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { bodyBytes, log }: ServeOptions,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  const after = afterTasks((cause) => log.error('work after a request failed', { cause }));
  const outgoing = await gateway(incoming(request, bodyBytes), {
    deadline: NO_DEADLINE,
    signal: left.signal,
    after: after.add,
  });
  await write(outgoing, request, response);
  await finish(response, after);
}

/** The record is written when the caller has the last byte, or has gone. */
async function finish(response: http.ServerResponse, after: AfterTasks): Promise<void> {
  if (!response.closed && !response.writableFinished) {
    await new Promise<void>((resolve) => {
      response.once('finish', resolve);
      response.once('close', resolve);
    });
  }
  await after.run();
}

function incoming(request: http.IncomingMessage, bodyBytes: number): Incoming {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: query === -1 ? url : url.slice(0, query),
    query: query === -1 ? '' : url.slice(query + 1),
    headers: joinHeaders(request.headersDistinct),
    body: () => readBody(request, bodyBytes),
  };
}

/** Repeated headers joined by commas, as on Lambda, so that both hosts show the gateway the same. */
function joinHeaders(distinct: NodeJS.Dict<string[]>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(distinct)) headers[name] = values!.join(',');
  return headers;
}

/** Reads by events: a body is one or two pieces, and an iterator over them costs more than they do. */
function readBody(request: http.IncomingMessage, most: number): Promise<Uint8Array> {
  const tooLarge = () => new GatewayError('too_large', `The request body is larger than ${most} bytes.`);
  if (Number(request.headers['content-length']) > most) return Promise.reject(tooLarge());
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= most) return;
    request.pause();
    reject(tooLarge());
  });
  request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
  const left = (cause?: unknown) =>
    reject(new GatewayError('caller_left', 'The caller left before the request was read.', { cause }));
  request.on('error', left);
  request.on('close', () => {
    if (!request.complete) left();
  });
  return promise;
}

async function write(
  { status, headers, body, keepAlive }: Outgoing,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  // What is left of a refused body must not be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  if (body instanceof Uint8Array) {
    const length = request.method === 'HEAD' || status === 204 ? {} : { 'content-length': body.byteLength };
    response.writeHead(status, { ...headers, ...length });
    response.end(body);
    return;
  }
  response.writeHead(status, headers);
  await pump(body, sinkOf(response), keepAlive);
  response.end();
}

function sinkOf(response: http.ServerResponse) {
  return {
    write: (bytes: Uint8Array) => response.write(bytes),
    gone: () => response.destroyed,
    drained: () =>
      new Promise<void>((resolve) => {
        const settle = (): void => {
          response.off('drain', settle);
          response.off('close', settle);
          resolve();
        };
        response.on('drain', settle);
        response.on('close', settle);
      }),
  };
}
