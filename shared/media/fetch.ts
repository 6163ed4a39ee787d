import type { LookupAddress } from 'node:dns';
import { lookup as lookupName } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { startDeadline } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Bytes that a caller named by their address. */
export interface FetchedMedia {
  bytes: Buffer;
  /** As the server says; it may be wrong, so users of the bytes look at them (`sniff.ts`). */
  contentType: string;
  etag?: string;
  /** It is still what it was when it had the tag that was asked for; there are no bytes then. */
  notModified?: boolean;
}

/** `etag`: of what is known of the address already. */
export type FetchMedia = (url: string, signal: AbortSignal, etag?: string) => Promise<FetchedMedia>;

export interface MediaGuard {
  /** `host` or `host:port` that the owner trusts: fetched over http too, wherever it resolves to. */
  trustedHosts: readonly string[];
  maxBytes: number;
  timeoutMs: number;
  /** All addresses of a name. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

const MOST_REDIRECTS = 3;

/**
 * Fetches what a caller gives by its address, guarded so that no caller reaches hosts that only the gateway can: https on port
 * 443, every address of the name on the open internet, the connection pinned to the address that was checked, each redirect
 * checked again, time and bytes bounded. Fails with `invalid_request`: it is the caller's address that cannot be fetched.
 */
export function createFetchMedia(guard: MediaGuard, time: Pick<Time, 'after'>): FetchMedia {
  return async (address, signal, etag) => {
    const deadline = startDeadline({ parent: signal, ms: guard.timeoutMs, error: () => refused(TOO_LONG) }, time);
    try {
      return await follow(address, guard, deadline.signal, etag);
    } finally {
      deadline.clear();
    }
  };
}

const TOO_LONG = 'it took too long';

async function follow(
  address: string,
  guard: MediaGuard,
  signal: AbortSignal,
  etag: string | undefined,
): Promise<FetchedMedia> {
  let url = parseUrl(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await open(url, guard, signal, etag);
    const next = redirectOf(response, url);
    if (!next) return read(response, guard.maxBytes, etag);
    response.destroy();
    url = next;
  }
  throw refused(`it redirects more than ${MOST_REDIRECTS} times`);
}

function parseUrl(address: string): URL {
  if (!URL.canParse(address)) throw refused('it is no address');
  return new URL(address);
}

/** Checks an address and connects to nothing else than what was checked. */
async function open(
  url: URL,
  guard: MediaGuard,
  signal: AbortSignal,
  etag: string | undefined,
): Promise<http.IncomingMessage> {
  const trusted = guard.trustedHosts.includes(url.host);
  if (!trusted) checkUrl(url);
  const addresses = await addressesOf(url, guard.resolve ?? resolveAll);
  if (!trusted && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw refused('its host is not on the open internet');
  }
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const options = {
    method: 'GET',
    agent: false,
    signal,
    lookup: pinned(addresses),
    headers: { accept: 'image/*, */*', 'user-agent': 'sluice', ...(etag ? { 'if-none-match': etag } : {}) },
  };
  const request =
    url.protocol === 'https:' ? https.request(url, options, resolve) : http.request(url, options, resolve);
  request.on('error', () => reject(refused(signal.aborted ? TOO_LONG : 'its host does not answer')));
  request.end();
  return promise;
}

function checkUrl({ protocol, port, username, password }: URL): void {
  if (protocol !== 'https:') throw refused('only https addresses are fetched');
  if (port !== '') throw refused('only port 443 is fetched from');
  if (username !== '' || password !== '') throw refused('it has a user name or a password in it');
}

/** A literal address is taken as it stands: the URL parser has brought decimal, octal and short forms into one. */
async function addressesOf({ hostname }: URL, resolve: NonNullable<MediaGuard['resolve']>): Promise<LookupAddress[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family }];
  const addresses = await resolve(hostname).catch(() => []);
  if (addresses.length === 0) throw refused('its host is unknown');
  return addresses;
}

const resolveAll = (hostname: string): Promise<LookupAddress[]> => lookupName(hostname, { all: true });

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

async function read(response: http.IncomingMessage, most: number, known: string | undefined): Promise<FetchedMedia> {
  const { statusCode = 0, headers } = response;
  try {
    if (statusCode === 304 && known) return { bytes: Buffer.alloc(0), contentType: '', etag: known, notModified: true };
    if (statusCode !== 200) throw refused(`its host answers with status ${statusCode}`);
    if (Number(headers['content-length']) > most) throw tooLarge(most);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) throw tooLarge(most);
    }
    const { etag } = headers;
    return { bytes: Buffer.concat(chunks), contentType: headers['content-type'] ?? '', ...(etag ? { etag } : {}) };
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : refused('its host broke off');
  } finally {
    response.destroy();
  }
}

const tooLarge = (most: number): GatewayError => refused(`it is larger than ${most} bytes`);

/** Says what is wrong with an address, never what was found behind it. */
const refused = (why: string): GatewayError =>
  new GatewayError('invalid_request', `The image or file cannot be fetched: ${why}.`, { code: 'invalid_image_url' });
