import type { Time } from '../../async/time.ts';
import type { Limits } from '../../catalog/rules.ts';
import { type Ask, blindTake, type Lack, planTake } from './buckets.ts';
import { type Amounts, type Change, type Changed, RefusedChange, type ScopeState, type Scopes } from './scopes.ts';

export type Outcome = { state: ScopeState | undefined; lack?: Lack };

/** A scope as this process sees it. */
export interface Scope {
  /** Takes what a request wants, or says what is lacking. Fails where the table is away. */
  take(ask: Ask, limits: Limits): Promise<Outcome>;
  /** What is known to be lacking without asking the table. */
  knownLack(ask: Ask, limits: Limits): Outcome | undefined;
  /** Ends a lease, and gives back this much; below zero it takes more. Of an expired lease nothing is given back. */
  give(id: string, amounts: Amounts): Promise<void>;
  renew(id: string, until: number): Promise<void>;
  look(): Promise<ScopeState | undefined>;
  /** What was stored within the last second; absent where it is not known. */
  recent(): { state: ScopeState | undefined } | undefined;
  /** Whether nothing is under way. */
  isIdle(): boolean;
}

interface Options {
  time: Pick<Time, 'now' | 'sleep'>;
  /** What waits longer has been let in without limits meanwhile. */
  mostMs: number;
}

interface Waiting {
  ask: Ask;
  limits: Limits;
  since: number;
  /** It has waited for a slot in vain. */
  hasWaited: boolean;
  resolve: (outcome: Outcome) => void;
  reject: (cause: unknown) => void;
}

interface Giving {
  id: string;
  amounts: Amounts;
  resolve: () => void;
  reject: (cause: unknown) => void;
}

/** Most requests in one write: an expression of DynamoDB's has 4 KB. */
const MOST_AT_ONCE = 50;
const TRIES = 8;
/** After a failure; twice as long after each further one. */
const FIRST_WAIT_MS = 5;
/** Others give tokens and slots back at any time, so that a lack of them is only believed for so long. */
const BELIEVED_MS = 1_000;
/**
 * How long a request that lacks a slot waits for one. A slot comes back just after the last byte of its answer, so a client that asks
 * again at once would be refused for a request that is over.
 */
const SLOT_WAIT_MS = 100;

/**
 * One scope. While a write is under way, further requests wait and go together in the next one: so a host of many requests
 * at once needs few writes, and takes no more than there is.
 */
export function createScope(id: string, scopes: Scopes, { time, mostMs }: Options): Scope {
  /** `isSure`: it was read after a wait for a slot, so that no request need wait for one again. */
  let known: { state: ScopeState | undefined; at: number; isSure: boolean } | undefined;
  let waiting: Waiting[] = [];
  let isTaking = false;
  let giving: Giving[] = [];
  let isGiving = false;
  /** Ends the wait for a slot. */
  let waitingForSlot: AbortController | undefined;

  const learn = (state: ScopeState | undefined, isSure = false): void => {
    known = { state, at: time.now(), isSure };
  };

  const isBelieved = ({ what }: Lack): boolean => what === 'requests' || time.now() - known!.at < BELIEVED_MS;

  /** Whether a slot may come back at any moment. */
  const mayGetSlot = ({ what }: Lack): boolean => what === 'concurrency' && (isGiving || !known!.isSure);

  async function takeAll(): Promise<void> {
    isTaking = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      await takeBatch(batch);
    }
    isTaking = false;
  }

  /** Answers all of them; never fails. */
  async function takeBatch(batch: readonly Waiting[]): Promise<void> {
    // Those without an answer. One that was refused must not be in a later write: nobody would give back what it takes.
    const open = new Set(batch);
    let cause: unknown;
    const { limits } = batch.at(-1)!;
    for (let tries = 0; tries < TRIES; ) {
      const left = [...open].filter(({ since }) => time.now() - since <= mostMs);
      if (left.length === 0) break;
      try {
        const waiters = await takeOnce(left, limits, (one, outcome) => {
          open.delete(one);
          one.resolve(outcome);
        });
        // A wait for a slot is no try: it has its own end.
        if (waiters) await waitForSlot(waiters);
        else tries += 1;
      } catch (thrown) {
        // Perhaps it was done all the same: what is stored says so.
        cause = thrown;
        known = undefined;
        if (thrown instanceof RefusedChange) break;
        await time.sleep(FIRST_WAIT_MS * 2 ** tries);
        tries += 1;
      }
    }
    // Others were faster each time: there is little left, and what there is moves on.
    const busy: Lack = { what: 'requests', waitMs: BELIEVED_MS };
    const error =
      cause instanceof RefusedChange ? cause : cause && new Error('a scope could not be changed', { cause });
    for (const one of open) {
      if (error) one.reject(error);
      else one.resolve({ state: known?.state, lack: busy });
    }
  }

  /** Whether it waits for a slot instead of being refused. */
  const waitsFor = ({ hasWaited }: Waiting, lack: Lack): boolean => mayGetSlot(lack) && !hasWaited;

  /** Until a slot is given back here, or, after a while, for what other processes gave back. */
  async function waitForSlot(waiters: readonly Waiting[]): Promise<void> {
    // The first came first.
    const { since } = waiters[0]!;
    waitingForSlot = new AbortController();
    const { signal } = waitingForSlot;
    await time.sleep(since + SLOT_WAIT_MS - time.now(), signal).catch(() => {});
    if (signal.aborted) return;
    for (const one of waiters) one.hasWaited = true;
    learn(await scopes.read(id), true);
  }

  /** One write at most; whoever gets no answer is to be tried again. Gives those who only wait for slots, where nothing is done. */
  async function takeOnce(
    left: readonly Waiting[],
    limits: Limits,
    answer: (one: Waiting, outcome: Outcome) => void,
  ): Promise<readonly Waiting[] | undefined> {
    const state = known?.state;
    const held = left.filter(({ ask }) => state?.leases.has(ask.id));
    for (const one of held) answer(one, { state });
    if (held.length > 0) return undefined;
    const asks = left.map(({ ask }) => ask);
    const plan = known && planTake(state, asks, limits, time.now());
    // Nothing can be taken, but the time of the last refill is set right: only then is it known how long to wait.
    if (plan?.change && plan.taken.length === 0) {
      await write(plan.change);
      return undefined;
    }
    const lacking = left.filter(({ ask }) => plan?.lacking.has(ask));
    if (lacking.some(({ ask }) => !isBelieved(plan!.lacking.get(ask)!))) {
      learn(await scopes.read(id));
      return undefined;
    }
    const waiters = lacking.filter((one) => waitsFor(one, plan!.lacking.get(one.ask)!));
    for (const one of lacking) if (!waiters.includes(one)) answer(one, { state, lack: plan!.lacking.get(one.ask)! });
    const taken = left.filter((one) => !lacking.includes(one));
    if (taken.length === 0) return waiters.length > 0 ? waiters : undefined;
    const change: Change = plan?.change ?? blindTake(asks, limits, time.now());
    const changed = await write(change);
    if (changed.done) for (const one of taken) answer(one, { state: changed.state });
    return undefined;
  }

  async function write(change: Change): Promise<Changed> {
    const changed = await scopes.change(id, change);
    learn(changed.done ? changed.state : (changed.state ?? (await scopes.read(id))));
    return changed;
  }

  async function giveAll(): Promise<void> {
    isGiving = true;
    while (giving.length > 0) {
      const batch = giving.slice(0, MOST_AT_ONCE);
      giving = giving.slice(MOST_AT_ONCE);
      try {
        // Where one lease has expired or was ended already, the others are ended one by one.
        if (!(await giveBatch(batch)) && batch.length > 1) for (const one of batch) await giveBatch([one]);
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        for (const { reject } of batch) reject(cause);
      }
    }
    isGiving = false;
  }

  async function giveBatch(batch: readonly Giving[]): Promise<boolean> {
    const add: Amounts = {};
    for (const { amounts } of batch) {
      for (const [name, amount] of Object.entries(amounts) as [keyof Amounts, number][]) {
        add[name] = (add[name] ?? 0) + amount;
      }
    }
    const changed = await scopes.change(id, { add, ends: batch.map((one) => one.id) });
    if (changed.done) {
      learn(changed.state);
      waitingForSlot?.abort();
    }
    return changed.done;
  }

  return {
    take(ask, limits) {
      return new Promise((resolve, reject) => {
        waiting.push({ ask, limits, since: time.now(), hasWaited: false, resolve, reject });
        if (!isTaking) void takeAll();
      });
    },
    knownLack(ask, limits) {
      if (!known) return undefined;
      const { lacking, change } = planTake(known.state, [ask], limits, time.now());
      const lack = change ? undefined : lacking.get(ask);
      return lack && isBelieved(lack) && !mayGetSlot(lack) ? { state: known.state, lack } : undefined;
    },
    give(lease, amounts) {
      return new Promise((resolve, reject) => {
        giving.push({ id: lease, amounts, resolve, reject });
        if (!isGiving) void giveAll();
      });
    },
    async renew(lease, until) {
      const changed = await scopes.change(id, { add: {}, renews: { id: lease, until } });
      if (changed.done) learn(changed.state);
    },
    async look() {
      const state = await scopes.read(id);
      learn(state);
      return state;
    },
    recent: () => (known && time.now() - known.at <= BELIEVED_MS ? known : undefined),
    isIdle: () => !isTaking && !isGiving,
  };
}
