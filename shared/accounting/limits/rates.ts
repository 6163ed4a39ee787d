import { createCircuit } from '../../async/circuit.ts';
import { within } from '../../async/deadline.ts';
import type { Time } from '../../async/time.ts';
import type { Limits } from '../../call/virtual-key.ts';
import type { RateReport } from '../../dialects/rates.ts';
import type { Log } from '../../log.ts';
import type { Lack } from './buckets.ts';
import { reportOf } from './report.ts';
import { createScope, type Outcome, type Scope } from './scope.ts';
import type { Scopes } from './scopes.ts';

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
  /** What remains of one level; nothing while the table is away. */
  remaining(level: Level): Promise<RateReport | undefined>;
}

const TABLE_MS = 400;
const OPEN_MS = 5_000;
/** After a crash a lease is given back by its expiry. */
const LEASE_MS = 60_000;
const RENEW_MS = 30_000;
const MOST_SCOPES = 10_000;

const isLimited = ({ limits }: Level): boolean => Object.values(limits).some((limit) => limit !== undefined);

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
      const answer = await within(work(), tableMs, time);
      if (!answer) throw new Error(`no answer of the table within ${tableMs} ms`);
      return answer;
    });

  const quietly = (work: () => Promise<void>) => inTime(() => work().then(() => ({})));

  return {
    async reserve(given, { id, input, output, until }) {
      const levels = given.filter(isLimited);
      if (levels.length === 0) return unlimited;
      const tooLarge = levels.find(({ limits }) => input > (limits.tpm ?? Number.POSITIVE_INFINITY));
      if (tooLarge) return { ...unlimited, refused: { level: tooLarge, what: 'size', waitMs: 0 } };
      const now = time.now();
      const takes = levels.map((level) => {
        const { tpm = Number.POSITIVE_INFINITY, concurrency } = level.limits;
        // What may be answered is a guess: it never makes a request larger than a minute's tokens.
        const tokens = Math.min(input + output, tpm);
        const ask = { id, tokens, until: concurrency === undefined ? until + LEASE_MS : now + LEASE_MS };
        return { level, ask, scope: scopeOf(level) };
      });
      type Take = (typeof takes)[number];
      const refusal = (outcomes: readonly (readonly [Take, Outcome | undefined])[]) => {
        const lacking = outcomes.flatMap(([{ level }, outcome]) => (outcome?.lack ? [{ level, ...outcome.lack }] : []));
        // The longest wait: the others are over by then.
        return lacking.sort((a, b) => b.waitMs - a.waitMs)[0];
      };
      const report = (outcomes: readonly (readonly [Take, Outcome | undefined])[]) =>
        reportOf(
          outcomes.flatMap(([{ level }, outcome]) => (outcome ? [{ limits: level.limits, state: outcome.state }] : [])),
          time.now(),
        );

      const before = takes.map((take) => [take, take.scope.knownLack(take.ask, take.level.limits)] as const);
      const remembered = refusal(before);
      if (remembered) return { ...unlimited, refused: remembered, ...report(before) };

      const started = takes.map((take) => ({ take, taking: undefined as Promise<Outcome> | undefined }));
      const outcomes = await Promise.all(
        started.map(async (entry) => {
          const { scope, ask, level } = entry.take;
          const outcome = await inTime(() => {
            entry.taking = scope.take(ask, level.limits);
            return entry.taking;
          });
          return [entry.take, outcome] as const;
        }),
      );
      const refused = refusal(outcomes);

      /** Also of levels that did not answer in time: what they took after all is given back. */
      async function give(tokensOf: (ask: Take['ask']) => number, requests: number): Promise<void> {
        await Promise.all(
          started.map(async ({ take: { scope, ask, level }, taking }) => {
            if (!taking) return;
            const outcome = await within(
              taking.catch(() => undefined),
              tableMs,
              time,
            );
            if (!outcome || outcome.lack) return;
            const { rpm, tpm } = level.limits;
            const amounts = {
              ...(rpm === undefined || requests === 0 ? {} : { requests }),
              ...(tpm === undefined ? {} : { tokens: tokensOf(ask) }),
            };
            await quietly(() => scope.give(ask.id, amounts));
          }),
        );
      }

      if (refused) {
        const released = give(({ tokens }) => tokens, 1);
        return { refused, ...report(outcomes), settle: () => released };
      }
      const renewed = takes.filter(({ level }) => level.limits.concurrency !== undefined);
      const renew = () => {
        const expiry = time.now() + LEASE_MS;
        for (const { scope, ask } of renewed) void quietly(() => scope.renew(ask.id, expiry));
      };
      const timer = renewed.length > 0 ? time.every(RENEW_MS, renew) : undefined;
      return {
        ...report(outcomes),
        async settle(used) {
          timer?.clear();
          await give(({ tokens }) => tokens - used, 0);
        },
      };
    },

    async remaining(level) {
      const found = await inTime(async () => ({ state: await scopeOf(level).look() }));
      return found && reportOf([{ limits: level.limits, state: found.state }], time.now()).report;
    },
  };
}

const unlimited: Reservation = { async settle() {} };
