import { createHash } from 'node:crypto';
import { createLru } from '../async/lru.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { Time } from '../async/time.ts';
import type { ImagePart, MediaSource } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';
import type { FetchMedia } from './fetch.ts';
import { canonicalSource } from './sniff.ts';

type DataSource = Extract<MediaSource, { type: 'data' }>;

/** An image with its bytes. */
export interface LoadedImage {
  source: DataSource;
  /** SHA-256 of the bytes, hex. */
  digest: string;
  bytes: number;
}

export interface Images {
  /**
   * What is known of an image at an address without its bytes: its digest, where it was fetched a short time ago or its
   * server says that it has not changed. Nothing for all other images.
   */
  recognize(image: ImagePart, signal: AbortSignal): Promise<string | undefined>;
  /** Decodes or fetches an image. Fails with `invalid_request` where that cannot be done, or where it is no image. */
  load(image: ImagePart, signal: AbortSignal): Promise<LoadedImage>;
}

interface Options {
  fetchMedia: FetchMedia;
  /** How long an address is known to hold what was fetched from it. */
  urlSeconds: number;
  time: Pick<Time, 'now'>;
}

interface Address {
  digest: string;
  etag: string | undefined;
  /** Epoch milliseconds. */
  freshUntil: number;
}

const MOST_ADDRESSES = 2000;
/** An address and its digest: far less than this. */
const ADDRESS_BYTES = 1000;
/** After that an address is fetched anew, whatever its server says of it. */
const REMEMBERED_MS = 86_400_000;

/** Images as requests hold them. An address is fetched once by all who ask for it at the same time, then known for a while. */
export function createImages({ fetchMedia, urlSeconds, time }: Options): Images {
  const addresses = createLru<Address>({ maxEntries: MOST_ADDRESSES, maxBytes: MOST_ADDRESSES * ADDRESS_BYTES, time });
  const fetches = createSingleFlight<LoadedImage>();
  const questions = createSingleFlight<string>();

  function remember(url: string, { digest, etag }: Pick<Address, 'digest' | 'etag'>): void {
    const address = { digest, etag, freshUntil: time.now() + urlSeconds * 1000 };
    addresses.set(url, address, { bytes: Math.min(url.length, ADDRESS_BYTES), until: time.now() + REMEMBERED_MS });
  }

  async function fetchImage(url: string, signal: AbortSignal): Promise<LoadedImage> {
    const { bytes, contentType, etag } = await fetchMedia(url, signal);
    const loaded = toImage(sourceOf(bytes, contentType), bytes);
    if (urlSeconds > 0) remember(url, { digest: loaded.digest, etag });
    return loaded;
  }

  return {
    async recognize({ source }, signal) {
      const address = source.type === 'url' ? addresses.get(source.url) : undefined;
      if (source.type !== 'url' || !address) return undefined;
      if (address.freshUntil > time.now()) return address.digest;
      const { etag } = address;
      if (etag === undefined) return undefined;
      const { url } = source;
      return questions.ask(url, signal, async (shared) => {
        const { bytes, contentType, notModified, etag: newTag } = await fetchMedia(url, shared, etag);
        if (notModified) {
          remember(url, address);
          return address.digest;
        }
        const { digest } = toImage(sourceOf(bytes, contentType), bytes);
        remember(url, { digest, etag: newTag });
        return digest;
      });
    },
    async load({ source }, signal) {
      const canonical = canonicalSource(source);
      if (canonical.type === 'id')
        throw noImage("an id of a provider's store cannot be looked up here; send its bytes");
      if (canonical.type === 'data') return toImage(canonical, Buffer.from(canonical.data, 'base64'));
      return fetches.ask(canonical.url, signal, (shared) => fetchImage(canonical.url, shared));
    },
  };
}

const sourceOf = (bytes: Buffer, contentType: string): DataSource =>
  canonicalSource({ type: 'data', mediaType: contentType, data: bytes.toString('base64') }) as DataSource;

/** What calls itself an image may be one of a kind we do not know; what shows itself to be something else is none. */
function toImage(source: DataSource, bytes: Buffer): LoadedImage {
  if (bytes.byteLength === 0) throw noImage('it has no bytes');
  if (!source.mediaType.startsWith('image/')) throw noImage(`it is ${source.mediaType}`);
  return { source, digest: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
}

const noImage = (why: string): GatewayError =>
  new GatewayError('invalid_request', `The image cannot be read: ${why}.`, { code: 'invalid_image' });
