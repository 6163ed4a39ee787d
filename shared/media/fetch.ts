import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { startDeadline, unlessAborted } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { base64Writer } from './base64.ts';
import type { MediaBudget } from './budget.ts';
import { isPublicAddress } from './public-address.ts';
import { createResolve, createSystemResolve, type Resolve } from './resolve.ts';

/** Bytes that a caller named by their address. */
export interface FetchedMedia {
  /** Base64. */
  data: string;
  bytes: number;
  /** SHA-256 of the bytes, hex. */
  digest: string;
  /** As the server says; it may be wrong, so users of the bytes look at them (`sniff.ts`). */
  contentType: string;
  etag?: string;
  /** It is still what it was when it had the tag that was asked for; there are no bytes then. */
  notModified?: boolean;
}

export type FetchMedia = (url: string, signal: AbortSignal, options?: FetchOptions) => Promise<FetchedMedia>;

interface FetchOptions {
  /** Of what is known of the address already. */
  etag?: string;
  /** What the request that asks may still fetch. */
  budget?: MediaBudget;
}

export interface MediaGuard {
  /** `host` or `host:port` that the owner trusts: fetched over http too, wherever it resolves to. */
  trustedHosts: readonly string[];
  maxBytes: number;
  timeoutMs: number;
  /** 3 unless given. */
  mostRedirects?: number;
  /** All addresses of a name that a caller chose; name servers are asked unless given. */
  resolve?: Resolve;
  /** All addresses of a trusted name; the system is asked unless given. */
  resolveTrusted?: Resolve;
}

const MOST_REDIRECTS = 3;

/**
 * Fetches what a caller gives by its address, guarded so that no caller reaches hosts that only the gateway can: https on port
 * 443, every address of the name on the open internet, the connection pinned to the address that was checked, each redirect
 * checked again, time and bytes bounded. Fails with `invalid_request`: it is the caller's address that cannot be fetched.
 */
export function createFetchMedia(given: MediaGuard, time: Pick<Time, 'after'>): FetchMedia {
  const defaults = { mostRedirects: MOST_REDIRECTS, resolve: createResolve(), resolveTrusted: createSystemResolve() };
  const guard = { ...defaults, ...given };
  return async (address, signal, { etag, budget } = {}) => {
    const turn = budget?.begin();
    const isLast = turn !== undefined && turn.ms < guard.timeoutMs;
    const ms = isLast ? turn.ms : guard.timeoutMs;
    const error = (): GatewayError => (isLast ? budget!.outOfTime() : refused(TOO_LONG));
    const deadline = startDeadline({ parent: signal, ms, error }, time);
    try {
      return await follow(address, { ...guard, signal: deadline.signal, etag, budget });
    } finally {
      deadline.clear();
      turn?.end();
    }
  };
}

const TOO_LONG = 'it took too long';
const PACKED = 'its host sends it packed, though that was not asked for';

interface Fetching extends Required<MediaGuard> {
  signal: AbortSignal;
  etag: string | undefined;
  budget: MediaBudget | undefined;
}

async function follow(address: string, fetching: Fetching): Promise<FetchedMedia> {
  const { mostRedirects } = fetching;
  let url = parseUrl(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await open(url, fetching);
    const next = redirectOf(response, url);
    if (!next) return read(response, fetching);
    response.destroy();
    url = next;
  }
  throw refused(mostRedirects === 0 ? 'it redirects' : `it redirects more than ${mostRedirects} times`);
}

function parseUrl(address: string): URL {
  if (!URL.canParse(address)) throw refused('it is no address');
  return new URL(address);
}

/** Checks an address and connects to nothing else than what was checked. */
async function open(url: URL, fetching: Fetching): Promise<http.IncomingMessage> {
  const { signal, etag } = fetching;
  const trusted = fetching.trustedHosts.includes(url.host);
  if (!trusted) checkUrl(url);
  else if (!/^https?:$/.test(url.protocol)) throw refused('only http and https addresses are fetched');
  const addresses = await addressesOf(url, trusted ? fetching.resolveTrusted : fetching.resolve, signal);
  if (!trusted && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw refused('its host is not on the open internet');
  }
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const options = {
    method: 'GET',
    agent: false,
    signal,
    lookup: pinned(addresses),
    headers: {
      accept: 'image/*, */*',
      'accept-encoding': 'identity',
      'user-agent': 'sluice',
      ...(etag ? { 'if-none-match': etag } : {}),
    },
  };
  const request =
    url.protocol === 'https:' ? https.request(url, options, resolve) : http.request(url, options, resolve);
  const fail = (): void => reject(endOf(signal) ?? refused('its host does not answer'));
  // Node's request can end without a response or an error: with `upgrade`, or with `close` alone.
  request.on('upgrade', (_, socket) => socket.destroy());
  request.on('error', fail);
  request.on('close', fail);
  request.end();
  return promise;
}

function checkUrl({ protocol, port, username, password }: URL): void {
  if (protocol !== 'https:') throw refused('only https addresses are fetched');
  if (port !== '') throw refused('only port 443 is fetched from');
  if (username !== '' || password !== '') throw refused('it has a user name or a password in it');
}

/** A literal address is taken as it stands: the URL parser has brought decimal, octal and short forms into one. */
async function addressesOf({ hostname }: URL, resolve: Resolve, signal: AbortSignal): Promise<LookupAddress[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family }];
  // A look-up may not know how to end early.
  const addresses = await unlessAborted(resolve(hostname, signal), signal).catch(() => []);
  const end = endOf(signal);
  if (end) throw end;
  if (addresses.length === 0) throw refused('its host is unknown');
  return addresses;
}

/** Why a fetch was ended, where it was. */
const endOf = ({ aborted, reason }: AbortSignal): GatewayError | undefined =>
  aborted ? (reason instanceof GatewayError ? reason : refused(TOO_LONG)) : undefined;

/** A look-up that answers with what was checked: asked again, the name might resolve to another address. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  const [first] = addresses;
  return (_, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, first!.address, first!.family);
  };
}

function redirectOf({ statusCode = 0, headers }: http.IncomingMessage, base: URL): URL | undefined {
  if (statusCode < 300 || statusCode >= 400 || statusCode === 304) return undefined;
  const { location } = headers;
  if (!location || !URL.canParse(location, base.href)) throw refused('it redirects to nowhere');
  return new URL(location, base);
}

async function read(
  response: http.IncomingMessage,
  { maxBytes, etag: known, signal, budget }: Fetching,
): Promise<FetchedMedia> {
  const { statusCode = 0, headers } = response;
  try {
    if (statusCode === 304 && known)
      return { data: '', bytes: 0, digest: '', contentType: '', etag: known, notModified: true };
    if (statusCode !== 200) throw refused(`its host answers with status ${statusCode}`);
    if (!/^(?:identity)?$/i.test((headers['content-encoding'] ?? '').trim())) throw refused(PACKED);
    const announced = Number(headers['content-length'] ?? 0);
    if (announced > maxBytes) throw tooLarge(maxBytes);
    budget?.checkRoom(announced);
    const writer = base64Writer(announced);
    let length = 0;
    for await (const chunk of response) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      budget?.take(chunk.length);
      writer.add(chunk);
    }
    if (length === 0) throw refused('it has no bytes');
    const { etag } = headers;
    return { ...writer.end(), contentType: headers['content-type'] ?? '', ...(etag ? { etag } : {}) };
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : (endOf(signal) ?? refused('its host broke off'));
  } finally {
    response.destroy();
  }
}

const tooLarge = (most: number): GatewayError => refused(`it is larger than ${most} bytes`);

/** Says what is wrong with an address, never what was found behind it. */
const refused = (why: string): GatewayError =>
  new GatewayError('invalid_request', `The image or file cannot be fetched: ${why}.`, { code: 'invalid_image_url' });
