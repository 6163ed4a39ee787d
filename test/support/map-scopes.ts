import type { Change, ScopeState, Scopes } from '../../shared/accounting/limits/scopes.ts';

/** Scopes in a map, with the rules of the real table: one for all processes that share it. */
export interface MapScopes extends Scopes {
  items: Map<string, ScopeState>;
  /** What is called before each call; may wait or fail. */
  before: (call: 'read' | 'change', id: string, change?: Change) => void | Promise<void>;
  /** Called when a change was done or not; may fail, as where the reply is lost. */
  after: () => void | Promise<void>;
  reads: number;
  writes: number;
}

export function createMapScopes(): MapScopes {
  const items = new Map<string, ScopeState>();
  const scopes: MapScopes = {
    items,
    before: () => {},
    after: () => {},
    reads: 0,
    writes: 0,
    async read(id) {
      await scopes.before('read', id);
      scopes.reads += 1;
      const item = items.get(id);
      return item && { ...item, leases: new Map(item.leases) };
    },
    async change(id, change) {
      await scopes.before('change', id, change);
      scopes.writes += 1;
      const state = items.get(id);
      const isMet = holds(state, change);
      const next = isMet ? changed(state, change) : undefined;
      if (next) items.set(id, next);
      await scopes.after();
      return next ? { done: true, state: { ...next, leases: new Map(next.leases) } } : { done: false };
    },
  };
  return scopes;
}

function holds(state: ScopeState | undefined, { begins, renews, ends = [], sweeps = new Map(), guard = {} }: Change) {
  const { refilledAt, refilledAfter, atLeast = {}, absent = [], mostOpen } = guard;
  const has = (id: string): boolean => state?.leases.has(id) ?? false;
  if (begins?.ids.some(has)) return false;
  if (renews && !has(renews.id)) return false;
  if (!ends.every(has)) return false;
  if (![...sweeps].every(([id, until]) => state?.leases.get(id) === until)) return false;
  if (refilledAt === null && state?.refilledAt !== undefined) return false;
  if (typeof refilledAt === 'number' && state?.refilledAt !== refilledAt) return false;
  if (refilledAfter !== undefined && !(state?.refilledAt !== undefined && state.refilledAt > refilledAfter))
    return false;
  for (const [name, least] of Object.entries(atLeast)) {
    const stored = state?.[name as 'requests' | 'tokens'];
    if (stored === undefined || stored < least) return false;
  }
  if (absent.some((name) => state?.[name] !== undefined)) return false;
  return mostOpen === undefined || state === undefined || state.open <= mostOpen;
}

function changed(state: ScopeState | undefined, { add, refilledAt, begins, renews, ends = [], sweeps }: Change) {
  const leases = new Map(state?.leases);
  let open = state?.open ?? 0;
  for (const id of begins?.ids ?? []) leases.set(id, begins!.until);
  if (renews) leases.set(renews.id, renews.until);
  for (const id of [...ends, ...(sweeps?.keys() ?? [])]) leases.delete(id);
  open += (begins?.ids.length ?? 0) - ends.length - (sweeps?.size ?? 0);
  const sum = (stored: number | undefined, added: number | undefined): number | undefined =>
    added === undefined ? stored : Math.round(((stored ?? 0) + added) * 1000) / 1000;
  return {
    requests: sum(state?.requests, add.requests),
    tokens: sum(state?.tokens, add.tokens),
    refilledAt: refilledAt ?? state?.refilledAt,
    open,
    leases,
  };
}
