import type { KeepAlive } from '../http/message.ts';

/** Where a host writes to. */
export interface Sink {
  /** False where the reader is slow and `drained` should be waited for. */
  write(bytes: Uint8Array): boolean;
  /** Resolves when more may be written, or the reader has gone. */
  drained(): Promise<void>;
  gone(): boolean;
}

/**
 * Pulls a stream into a sink by hand: `pipeline` would destroy the sink when the source fails. Writes a keep-alive into
 * every silence, waits for slow readers, and ends the source when the reader has gone.
 */
export async function pump(
  body: AsyncIterable<Uint8Array>,
  sink: Sink,
  keepAlive: KeepAlive | undefined,
): Promise<void> {
  const timer = keepAlive ? setInterval(ping, keepAlive.everyMs) : undefined;
  let waiting = false;
  function ping(): void {
    if (!waiting && !sink.gone()) sink.write(keepAlive!.bytes);
  }
  try {
    for await (const chunk of body) {
      if (sink.gone()) break;
      timer?.refresh();
      if (sink.write(chunk)) continue;
      waiting = true;
      await sink.drained();
      waiting = false;
    }
  } finally {
    clearInterval(timer);
  }
}
