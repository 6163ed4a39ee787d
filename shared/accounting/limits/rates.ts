import { createCircuit } from '../../async/circuit.ts';
import { within } from '../../async/deadline.ts';
import type { Time, Timer } from '../../async/time.ts';
import type { Limits } from '../../catalog/rules.ts';
import type { RateReport } from '../../dialects/rates.ts';
import type { Log } from '../../log.ts';
import type { Ask, Lack } from './buckets.ts';
import { reportOf } from './report.ts';
import { createScope, type Outcome, type Scope } from './scope.ts';
import { type Amounts, RefusedChange, type Scopes } from './scopes.ts';

export interface RatePorts {
  scopes: Scopes;
  log: Pick<Log, 'warn'>;
  time: Time;
  /** How long the table may take; 400 ms unless given. A slower one holds up no request: it is let in without limits. */
  tableMs?: number;
}

/** A level whose limits hold for a request: its key, its group, the organisation. */
export interface Level {
  /** Id of its scope. */
  id: string;
  limits: Limits;
}

export interface Wanted {
  /** Unique for ever, letters and digits. */
  id: string;
  /** Tokens of the request, roughly; a request with more than a minute's tokens is never let in. */
  input: number;
  /** Most tokens of the answer. */
  output: number;
  /** When the request is over at the latest, epoch milliseconds. */
  until: number;
}

/** What keeps a request out: the level, and what it lacks; `size` where no waiting helps. */
export interface Refused {
  level: Level;
  what: Lack['what'] | 'size';
  waitMs: number;
}

export interface Reservation {
  /** Absent where it was let in. */
  refused?: Refused;
  /** What remains; absent where there are no limits, or the table is away. */
  report?: RateReport;
  /** Gives back what was reserved and not used; to be called once, after the last byte, also of a refused request. */
  settle(tokens: number): Promise<void>;
}

export interface Rates {
  reserve(levels: readonly Level[], wanted: Wanted): Promise<Reservation>;
  /** What remains of all levels together, as it was within the last second; nothing while the table is away. */
  report(levels: readonly Level[]): Promise<RateReport | undefined>;
  /** What remains of one level; nothing while the table is away. */
  remaining(level: Level): Promise<RateReport | undefined>;
}

const TABLE_MS = 400;
const OPEN_MS = 5_000;
/** After a crash a lease is given back by its expiry. */
const LEASE_MS = 60_000;
const RENEW_MS = 30_000;
const MOST_SCOPES = 10_000;

/** What one level is asked for, and what it said. */
interface Take {
  level: Level;
  ask: Ask;
  scope: Scope;
  /** Goes on where it takes too long. */
  taking?: Promise<Outcome>;
  /** Absent where the table did not answer in time. */
  outcome?: Outcome | undefined;
}

const isLimited = ({ limits }: Level): boolean => Object.values(limits).some((limit) => limit !== undefined);
const isCounted = ({ level }: Take): boolean => level.limits.concurrency !== undefined;

/** Limits over a table that all processes share. */
export function createRates({ scopes, log, time, tableMs = TABLE_MS }: RatePorts): Rates {
  const message = 'limits cannot be checked: requests are let in without them';
  const circuit = createCircuit({ message, openMs: OPEN_MS, log, time });
  const known = new Map<string, Scope>();

  function scopeOf({ id }: Level): Scope {
    const scope = known.get(id) ?? createScope(id, scopes, { time, mostMs: tableMs });
    // The one unused for longest goes first; one in use is kept, since its waiting requests are counted in it.
    known.delete(id);
    known.set(id, scope);
    for (const [oldest, { isIdle }] of known) {
      if (known.size <= MOST_SCOPES) break;
      if (isIdle()) known.delete(oldest);
    }
    return scope;
  }

  /** What the table says, if it does so in time. */
  const inTime = <Answer extends object>(work: () => Promise<Answer>): Promise<Answer | undefined> =>
    circuit(async () => {
      const answer = await within(work().catch(unwritable), tableMs, time);
      if (answer === 'unwritable') return undefined;
      if (!answer) throw new Error(`no answer of the table within ${tableMs} ms`);
      return answer;
    });

  /** One scope that cannot be written must not open the limits of all others. */
  function unwritable(cause: unknown): 'unwritable' {
    if (!(cause instanceof RefusedChange)) throw cause;
    log.warn('a limit cannot be written: its request is let in without it', { cause });
    return 'unwritable';
  }

  const quietly = (work: () => Promise<void>) => inTime(() => work().then(() => ({})));

  function begin(level: Level, { id, input, output, until }: Wanted): Take {
    const { tpm = Number.POSITIVE_INFINITY, concurrency } = level.limits;
    // What may be answered is a guess: it never makes a request larger than a minute's tokens.
    const tokens = Math.min(input + output, tpm);
    // Where slots are not counted, the lease only names the request until it is settled.
    const expiry = concurrency === undefined ? until + LEASE_MS : time.now() + LEASE_MS;
    return { level, ask: { id, tokens, until: expiry }, scope: scopeOf(level) };
  }

  async function take(one: Take): Promise<void> {
    one.outcome = await inTime(() => {
      one.taking = one.scope.take(one.ask, one.level.limits);
      return one.taking;
    });
  }

  /** What remains, without taking any of it. */
  async function lookAt(levels: readonly Level[]): Promise<{ report?: RateReport }> {
    const seen = levels.map(async (level) => {
      const scope = scopeOf(level);
      const found = scope.recent() ?? (await inTime(async () => ({ state: await scope.look() })));
      return found ? [{ limits: level.limits, state: found.state }] : [];
    });
    return reportOf((await Promise.all(seen)).flat(), time.now());
  }

  /** Also of levels that did not answer in time: what they took after all is given back. */
  async function give({ scope, ask, level, taking }: Take, amounts: Required<Amounts>): Promise<void> {
    const outcome = await within(taking?.catch(() => undefined) ?? Promise.resolve(undefined), tableMs, time);
    if (!outcome || outcome.lack) return;
    const { rpm, tpm } = level.limits;
    const given = {
      ...(rpm === undefined ? {} : { requests: amounts.requests }),
      ...(tpm === undefined ? {} : { tokens: amounts.tokens }),
    };
    await quietly(() => scope.give(ask.id, given));
  }

  /** Keeps the slots of a request while it runs. */
  function renew(takes: readonly Take[]): Timer | undefined {
    if (takes.length === 0) return undefined;
    return time.every(RENEW_MS, () => {
      for (const { scope, ask } of takes) void quietly(() => scope.renew(ask.id, time.now() + LEASE_MS));
    });
  }

  return {
    async reserve(given, wanted) {
      const levels = given.filter(isLimited);
      const tooLarge = levels.find(({ limits }) => wanted.input > (limits.tpm ?? Number.POSITIVE_INFINITY));
      if (tooLarge) {
        return { ...unlimited, refused: { level: tooLarge, what: 'size', waitMs: 0 }, ...(await lookAt(levels)) };
      }

      const takes = levels.map((level) => begin(level, wanted));
      for (const one of takes) one.outcome = one.scope.knownLack(one.ask, one.level.limits);
      const remembered = refusalOf(takes);
      if (remembered) return { ...unlimited, refused: remembered, ...reportFrom(takes, time.now()) };

      await Promise.all(takes.map(take));
      const refused = refusalOf(takes);
      if (refused) {
        const released = Promise.all(takes.map((one) => give(one, { requests: 1, tokens: one.ask.tokens })));
        return { refused, ...reportFrom(takes, time.now()), settle: async () => void (await released) };
      }
      const timer = renew(takes.filter(isCounted));
      return {
        ...reportFrom(takes, time.now()),
        async settle(used) {
          timer?.clear();
          await Promise.all(takes.map((one) => give(one, { requests: 0, tokens: one.ask.tokens - used })));
        },
      };
    },

    report: async (levels) => (await lookAt(levels.filter(isLimited))).report,

    async remaining(level) {
      const found = await inTime(async () => ({ state: await scopeOf(level).look() }));
      return found && reportOf([{ limits: level.limits, state: found.state }], time.now()).report;
    },
  };
}

/** The longest wait: the others are over by then. */
function refusalOf(takes: readonly Take[]): Refused | undefined {
  const lacking = takes.flatMap(({ level, outcome }) => (outcome?.lack ? [{ level, ...outcome.lack }] : []));
  return lacking.sort((a, b) => b.waitMs - a.waitMs)[0];
}

const reportFrom = (takes: readonly Take[], now: number): { report?: RateReport } =>
  reportOf(
    takes.flatMap(({ level, outcome }) => (outcome ? [{ limits: level.limits, state: outcome.state }] : [])),
    now,
  );

const unlimited: Reservation = { async settle() {} };
