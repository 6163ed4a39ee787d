import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { createFetchMedia, type MediaGuard } from './fetch.ts';

/**
 * Fetches a small text from an address that the owner names, or that a server of the owner's choice names: guarded as callers'
 * images are, and without any redirect. Fails with words for the log.
 */
export function createFetchText(guard: MediaGuard, time: Pick<Time, 'after'>): (url: string) => Promise<string> {
  const fetchMedia = createFetchMedia({ ...guard, mostRedirects: 0 }, time);
  return async (url) => {
    try {
      // It ends by its own time-out: others may wait for the same text.
      const { data } = await fetchMedia(url, new AbortController().signal);
      return Buffer.from(data, 'base64').toString('utf8');
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      // The rest of the sentence is about a caller's image.
      throw new Error(`${url} cannot be fetched${/:.*$/s.exec(thrown.message)?.[0] ?? ''}`);
    }
  };
}
