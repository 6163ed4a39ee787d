import { createLru } from '../async/lru.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { Time } from '../async/time.ts';
import type { ImagePart, MediaSource } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';
import { measureBase64 } from './base64.ts';
import type { MediaBudget } from './budget.ts';
import type { FetchedMedia, FetchMedia } from './fetch.ts';
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
  recognize(image: ImagePart, signal: AbortSignal, budget?: MediaBudget): Promise<string | undefined>;
  /** Decodes or fetches an image. Fails with `invalid_request` where that cannot be done, or where it is no image. */
  load(image: ImagePart, signal: AbortSignal, budget?: MediaBudget): Promise<LoadedImage>;
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

  async function fetchImage(url: string, signal: AbortSignal, options: FetchOptions): Promise<LoadedImage> {
    const fetched = await fetchMedia(url, signal, options);
    const { etag } = fetched;
    const loaded = fetchedImage(fetched);
    if (urlSeconds > 0) remember(url, { digest: loaded.digest, etag });
    return loaded;
  }

  return {
    async recognize({ source }, signal, budget) {
      const address = source.type === 'url' ? addresses.get(source.url) : undefined;
      if (source.type !== 'url' || !address) return undefined;
      if (address.freshUntil > time.now()) return address.digest;
      const { etag } = address;
      if (etag === undefined) return undefined;
      const { url } = source;
      return questions.ask(url, signal, async (shared) => {
        const fetched = await fetchMedia(url, shared, { etag, ...(budget ? { budget } : {}) });
        if (fetched.notModified) {
          remember(url, address);
          return address.digest;
        }
        const { digest } = fetchedImage(fetched);
        remember(url, { digest, etag: fetched.etag });
        return digest;
      });
    },
    async load({ source }, signal, budget) {
      const canonical = canonicalSource(source);
      if (canonical.type === 'id')
        throw noImage("an id of a provider's store cannot be looked up here; send its bytes");
      if (canonical.type === 'data') return toImage(canonical, measureBase64(canonical.data));
      const options = budget ? { budget } : {};
      let isOwn = false;
      const begin = (shared: AbortSignal): Promise<LoadedImage> => {
        isOwn = true;
        return fetchImage(canonical.url, shared, options);
      };
      try {
        const loaded = await fetches.ask(canonical.url, signal, begin);
        if (!isOwn) budget?.take(loaded.bytes);
        return loaded;
      } catch (thrown) {
        // The limits of the request that began the fetch are not those of this one.
        const isOthersLimit = !isOwn && thrown instanceof GatewayError && thrown.code === 'too_much_media';
        if (!isOthersLimit) throw thrown;
        return fetchImage(canonical.url, signal, options);
      }
    },
  };
}

type FetchOptions = NonNullable<Parameters<FetchMedia>[2]>;

function fetchedImage({ data, contentType, ...measured }: FetchedMedia): LoadedImage {
  return toImage(canonicalSource({ type: 'data', mediaType: contentType, data }) as DataSource, measured);
}

/** What calls itself an image may be one of a kind we do not know; what shows itself to be something else is none. */
function toImage(source: DataSource, { bytes, digest }: Pick<LoadedImage, 'bytes' | 'digest'>): LoadedImage {
  if (bytes === 0) throw noImage('it has no bytes');
  if (!source.mediaType.startsWith('image/')) throw noImage(`it is ${source.mediaType}`);
  return { source, digest, bytes };
}

const noImage = (why: string): GatewayError =>
  new GatewayError('invalid_request', `The image cannot be read: ${why}.`, { code: 'invalid_image' });
