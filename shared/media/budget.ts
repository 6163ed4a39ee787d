import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';

/** Bounds of all that is fetched for one request, as the configuration gives them under `media`. */
export interface MediaLimits {
  maxCount: number;
  totalBytes: number;
  totalMs: number;
}

/** What a request may still fetch. Each call of it fails with `invalid_request`, naming the limit that is reached. */
export interface MediaBudget {
  /** Begins a fetch: it may take `ms`; `end` must be called when it is over. Time counts while anything is fetched. */
  begin(): { ms: number; end: () => void };
  /** Counts bytes as they come, so that not even the last image is read beyond the limit. */
  take(bytes: number): void;
  /** Fails where so many more would be too many, without counting them. */
  checkRoom(bytes: number): void;
  /** What a fetch fails with that used up its `ms`. */
  outOfTime(): GatewayError;
}

export function createMediaBudget(
  { totalBytes, totalMs }: Pick<MediaLimits, 'totalBytes' | 'totalMs'>,
  time: Pick<Time, 'now'>,
): MediaBudget {
  let bytes = 0;
  let spentMs = 0;
  let underWay = 0;
  let since = 0;

  const outOfTime = (): GatewayError => tooMuch(`fetching them takes longer than ${totalMs} ms`, 'totalMs');

  function checkRoom(more: number): void {
    if (bytes + more > totalBytes) throw tooMuch(`they have more than ${totalBytes} bytes in all`, 'totalBytes');
  }

  return {
    begin() {
      if (underWay === 0) since = time.now();
      const ms = totalMs - spentMs - (time.now() - since);
      if (ms <= 0) throw outOfTime();
      underWay += 1;
      return {
        ms,
        end() {
          underWay -= 1;
          if (underWay === 0) spentMs += time.now() - since;
        },
      };
    },
    take(more) {
      bytes += more;
      checkRoom(0);
    },
    checkRoom,
    outOfTime,
  };
}

/** Fails where more addresses are to be fetched than a request may name. */
export function checkMediaCount(count: number, { maxCount }: Pick<MediaLimits, 'maxCount'>): void {
  if (count > maxCount) throw tooMuch(`${count} addresses, and ${maxCount} are fetched at most`, 'maxCount');
}

const tooMuch = (what: string, limit: keyof MediaLimits): GatewayError => {
  const message = `Too many or too large images or files given by address: ${what} (the gateway's limit \`media.${limit}\`).`;
  return new GatewayError('invalid_request', message, { code: 'too_much_media' });
};
