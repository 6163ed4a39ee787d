import type { Change } from '../../shared/accounting/limits/scopes.ts';
import { createFakeTime } from './fake-time.ts';
import { createMapScopes, type MapScopes } from './map-scopes.ts';

export const NOW = 1_000_000;
/** What the scopes know of how long a request waits for them. */
export const MOST_MS = 400;

/** What one scope runs on. Its waits between tries are over at once unless they are real. */
export function scopePorts({ hasWaits = false } = {}) {
  const time = createFakeTime({ now: NOW });
  const sleep = hasWaits ? time.sleep : async () => {};
  let ids = 0;
  return {
    time,
    scopes: createMapScopes(),
    options: { time: { now: time.now, sleep }, mostMs: MOST_MS },
    ask: (tokens = 10) => ({ id: `r${++ids}`, tokens, until: time.now() + 60_000 }),
  };
}

export const stored = (scopes: MapScopes) => scopes.items.get('key_1')!;

/** A scope of which so many requests are left at the start. */
export const used = (scopes: MapScopes, requests: number) =>
  scopes.items.set('key_1', { requests, tokens: undefined, refilledAt: NOW, open: 0, leases: new Map() });

/** The next call waits until what this gives is called; those after it do not. */
export function hold(scopes: MapScopes): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  scopes.before = () => (calls++ === 0 ? promise : undefined);
  return resolve;
}

/** The changes that are asked for from now on. */
export function watch(scopes: MapScopes): Change[] {
  const changes: Change[] = [];
  const { before } = scopes;
  scopes.before = (call, id, change) => {
    if (change) changes.push(change);
    return before(call, id, change);
  };
  return changes;
}
