import type http from 'node:http';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import type { Incoming } from '../http/message.ts';
import { pieces, tooManySmall } from '../http/pieces.ts';
import { errorSentFor } from './client-error.ts';

interface ReadOptions {
  /** Bounds its body. */
  mostBytes: number;
  /** Called before a body that is wanted is read. */
  wanted?: () => void;
}

/** A request of node's own HTTP as the gateway sees it. */
export function readRequest(request: http.IncomingMessage, options: ReadOptions): Incoming {
  const url = originForm(request.url ?? '/');
  const query = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: query === -1 ? url : url.slice(0, query),
    query: query === -1 ? '' : url.slice(query + 1),
    headers: headersOf(request),
    ...(request.socket.remoteAddress === undefined ? {} : { address: request.socket.remoteAddress }),
    body: () => readBody(request, options),
  };
}

/**
 * The target without the origin that clients write before it when they take us for a proxy.
 * @see https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form
 */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return rest === target || rest.startsWith('/') ? rest : `/${rest}`;
}

/** Repeated headers joined by commas, as on Lambda, so that both hosts show the gateway the same. */
function headersOf(request: http.IncomingMessage): Record<string, string> {
  const once = request.headers;
  const names = Object.keys(once);
  // Node reads these for itself anyway. Where each name came once they are all there is, but for `set-cookie`, always a list.
  if (2 * names.length === request.rawHeaders.length && !once['set-cookie']) return once as Record<string, string>;
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) headers[name] = values!.join(',');
  return headers;
}

/** Reads by events: a body is one or two pieces, and an iterator over them costs more than they do. */
function readBody(request: http.IncomingMessage, { mostBytes, wanted }: ReadOptions): Promise<Uint8Array> {
  const tooLarge = () => new GatewayError('too_large', `The request body is larger than ${mostBytes} bytes.`);
  if (Number(request.headers['content-length']) > mostBytes) return Promise.reject(tooLarge());
  wanted?.();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const held = pieces();
  let count = 0;
  const take = (chunk: Buffer): void => {
    held.add(chunk);
    count += 1;
    if (held.length() > mostBytes) refuse(tooLarge());
    else if (tooManySmall(count, held.length())) refuse(tooManyPieces());
  };
  function refuse(error: GatewayError): void {
    held.clear();
    request.off('data', take);
    request.pause();
    reject(error);
  }
  request.on('data', take);
  request.on('end', () => resolve(held.joined()));
  const left = (cause?: unknown) =>
    reject(
      errorSentFor(request) ??
        new GatewayError('caller_left', 'The caller left before the request was read.', { cause }),
    );
  request.on('error', left);
  request.on('close', () => {
    if (!request.complete) left();
  });
  return promise;
}

const tooManyPieces = (): GatewayError =>
  new GatewayError('invalid_request', 'The request body came in too many pieces of a few bytes each.');

/** How long and, as a multiple of the largest body, how much of an unwanted body is read. */
const REST_MS = 5_000;
const REST_BODIES = 2;
/** A piece of one byte costs as much time as one of a kilobyte. */
const LEAST_PIECE = 1_024;

/**
 * Reads and drops what is left of a body that is not wanted, up to a bound. Many clients write their whole request before they
 * read, and a connection closed meanwhile shows them a broken pipe instead of the answer.
 */
export function dropRest(request: http.IncomingMessage, mostBytes: number, time: Time): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let leftBytes = REST_BODIES * mostBytes;
    const count = (chunk: Buffer): void => {
      leftBytes -= Math.max(chunk.length, LEAST_PIECE);
      if (leftBytes < 0) settle();
    };
    const timer = time.after(REST_MS, settle);
    function settle(): void {
      timer.clear();
      request.off('data', count).off('end', settle).off('close', settle);
      request.pause();
      resolve();
    }
    request.on('data', count).on('end', settle).on('close', settle);
    request.resume();
  });
}
