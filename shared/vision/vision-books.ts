import { createMeter, type Meter } from '../accounting/meter.ts';
import { recordOf } from '../accounting/record.ts';
import type { Delegate } from '../catalog/catalog.ts';
import type { Opening } from '../gateway/opening.ts';
import type { Parts } from '../gateway/parts.ts';

export interface VisionBooks {
  open: (delegate: Delegate) => { meter: Meter; close: () => void };
}

/** Tokens of an image, roughly: for a delegate that does not count. */
const IMAGE_BYTES = 4 * 1000;

/**
 * The books of a request's delegates: a usage record for each, under the request's own id, since the caller's usage is only
 * what the model itself took.
 */
export function openVisionBooks({ run, caller, dialect, requestId }: Opening, parts: Parts): VisionBooks {
  let calls = 0;
  return {
    open({ name }) {
      calls += 1;
      const call = calls;
      const startedAt = parts.now();
      const meter = createMeter(IMAGE_BYTES, parts.now);
      function close(): void {
        const reading = meter.reading();
        const told = { requestId, startedAt, endedAt: parts.now(), caller, dialect, reading };
        const glance = { model: name, stream: false };
        const status = reading.error?.status ?? 200;
        const written = parts.usage.write({ ...recordOf({ ...told, glance, purpose: 'vision', status }), call });
        run.after(() => written);
      }
      return { meter, close };
    },
  };
}
