import type { GatewayDefinition } from '../../shared/catalog/schema.ts';
import { gatewayConfig } from '../../shared/catalog/schema.ts';

/** Small bounds, so that every fault shows within seconds. */
export const timeouts = { connectMs: 400, firstEventMs: 1_000, idleMs: 800, totalMs: 2_500 };

/** Of an event and of a reply; faults that flood send far more. */
export const MOST_BYTES = 2_000_000;

/** When an answer must be there at the latest: the total time-out, and what a busy machine needs beside it. */
export const MOST_MS = timeouts.totalMs + 2_500;

const settings = {
  timeouts: { ...timeouts, replyMs: 1_800 },
  limits: { eventBytes: MOST_BYTES, replyBytes: MOST_BYTES },
  stream: { commitAfterMs: 300, keepAliveMs: 100 },
};

export function definitionOf(providers: Record<string, object>): object {
  const definition = { providers, ...settings } as unknown as GatewayDefinition;
  const { success } = gatewayConfig.safeParse(definition);
  // Until the bounds of events and replies are settings.
  return success ? definition : { providers, timeouts, stream: settings.stream };
}
