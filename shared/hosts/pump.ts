import { isDoneWithin } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import type { KeepAlive } from '../http/message.ts';
import type { CallerPresence } from './caller.ts';

/** Where a host writes to. */
export interface Sink {
  /** False where the reader is slow and `drained` should be waited for. */
  write(bytes: Uint8Array): boolean;
  /** Resolves when more may be written, or the reader has gone. */
  drained(): Promise<void>;
  gone(): boolean;
  /** Ends the answer before its end. */
  cut(): void;
}

export interface PumpOptions {
  time: Time;
  /** How long a slow reader is waited for, in all, before the answer is cut. */
  stalledMs: number;
  keepAlive?: KeepAlive | undefined;
  /** Whose doubts a keep-alive answers. */
  caller?: Pick<CallerPresence, 'onDoubt'>;
}

/**
 * Pulls a body into a sink by hand: `pipeline` would destroy the sink when the source fails. Writes a keep-alive into
 * every silence, waits for slow readers up to a bound, and ends the source when the reader has gone.
 */
export async function pump(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sink: Sink,
  { time, stalledMs, keepAlive, caller }: PumpOptions,
): Promise<void> {
  // The first piece opens the answer: nothing may be written before it.
  let isWaiting = true;
  let leftMs = stalledMs;
  const timer = keepAlive && time.every(keepAlive.everyMs, ping);
  if (keepAlive) caller?.onDoubt(ping);
  function ping(): void {
    if (!isWaiting && !sink.gone()) sink.write(keepAlive!.bytes);
  }
  try {
    for await (const chunk of body) {
      if (sink.gone()) break;
      timer?.refresh();
      isWaiting = !sink.write(chunk);
      if (!isWaiting) continue;
      const since = time.now();
      if (!(await isDoneWithin(sink.drained(), leftMs, time))) {
        sink.cut();
        break;
      }
      leftMs -= time.now() - since;
      isWaiting = false;
    }
  } finally {
    timer?.clear();
  }
}
