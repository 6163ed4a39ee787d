import type { AttemptLine } from '../accounting/record.ts';
import type { Usage } from '../chat/usage.ts';
import { tryParseJson } from '../http/json.ts';
import type { ReportedRecord } from './ports.ts';

export const dimensions = ['key', 'model', 'provider', 'group', 'session', 'agent'] as const;
export type Dimension = (typeof dimensions)[number];

export const tokenKinds = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWriteHour',
  'reasoning',
  'audioInput',
  'audioOutput',
  'searches',
  'audioSeconds',
] as const satisfies readonly (keyof Usage)[];

export type TokenSums = Record<(typeof tokenKinds)[number], number>;

export interface Row {
  /** Id of the key, `provider/model`, provider, or id of the group, session or agent; `(none)` where there is none. */
  value: string;
  /** Name of the key. */
  name?: string;
  requests: number;
  /** Requests that ended with an error. */
  errors: number;
  /** Calls of providers, descriptions of images and retries among them. */
  attempts: number;
  tokens: TokenSums;
}

type Who = Pick<ReportedRecord, 'caller' | 'callerGroup' | 'session' | 'agent'>;

/** With more rows, what is rare goes into one. */
const MOST_ROWS = 5_000;
const NONE = '(none)';
const OTHERS = '(others)';

/**
 * Sums records without keeping them. A request counts where it was answered; the tokens and attempts of each of its lines
 * count where that line was spent: a request that a second provider answered costs tokens at both.
 */
export function createReport(by: Dimension, groupOf: (record: Who) => string | undefined) {
  const rows = new Map<string, Row>();

  function rowOf(value: string): Row {
    const known = rows.get(value);
    if (known) return known;
    if (rows.size >= MOST_ROWS && value !== OTHERS) return rowOf(OTHERS);
    const row: Row = { value, requests: 0, errors: 0, attempts: 0, tokens: noTokens() };
    rows.set(value, row);
    return row;
  }

  const rowNameOf = (record: Who, { provider, model }: Pick<ReportedRecord, 'provider' | 'model'>): string => {
    if (by === 'key') return record.caller;
    if (by === 'group') return groupOf(record) ?? NONE;
    if (by === 'session' || by === 'agent') return record[by] ?? NONE;
    if (provider === undefined) return NONE;
    return by === 'provider' ? provider : `${provider}/${model}`;
  };

  return {
    add(record: ReportedRecord): void {
      const row = rowOf(rowNameOf(record, record));
      row.requests += 1;
      if (record.error !== undefined) row.errors += 1;
      if (by === 'key' && record.callerName !== undefined) row.name = record.callerName;
      for (const { usage, ...where } of linesOf(record)) {
        const spent = rowOf(rowNameOf(record, where));
        spent.attempts += 1;
        if (usage) for (const kind of tokenKinds) spent.tokens[kind] += usage[kind] ?? 0;
      }
    },
    /** Those with the most requests first. */
    rows: (): Row[] =>
      [...rows.values()].sort(
        (a, b) => b.requests - a.requests || b.attempts - a.attempts || (a.value < b.value ? -1 : 1),
      ),
  };
}

const noTokens = (): TokenSums => Object.fromEntries(tokenKinds.map((kind) => [kind, 0])) as TokenSums;

/** The lines as they were written by the gateway itself. */
const linesOf = ({ lines }: ReportedRecord): AttemptLine[] => (tryParseJson(lines) ?? []) as AttemptLine[];

export function totalOf(rows: readonly Row[]): Omit<Row, 'value' | 'name'> {
  const total = { requests: 0, errors: 0, attempts: 0, tokens: noTokens() };
  for (const { requests, errors, attempts, tokens } of rows) {
    total.requests += requests;
    total.errors += errors;
    total.attempts += attempts;
    for (const kind of tokenKinds) total.tokens[kind] += tokens[kind];
  }
  return total;
}
