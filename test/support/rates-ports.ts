import { createRates, type Level } from '../../shared/accounting/limits/rates.ts';
import { createFakeTime } from './fake-time.ts';
import { createMapScopes } from './map-scopes.ts';

/** Limits of one process over a table in memory. */
export function openRates() {
  const time = createFakeTime({ now: 1_000_000 });
  const scopes = createMapScopes();
  const warned: string[] = [];
  const causes: unknown[] = [];
  const warn = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    warned.push(message);
    causes.push(fields?.cause);
  };
  const rates = createRates({ scopes, time, log: { warn } });
  let ids = 0;
  const reserve = (levels: readonly Level[], { input = 10, output = 40 } = {}) =>
    rates.reserve(levels, { id: `r${++ids}`, input, output, until: time.now() + 900_000 });
  return { time, scopes, rates, reserve, warned, causes };
}

export const key = (limits: Level['limits']): Level => ({ id: 'key_1', limits });
export const group = (limits: Level['limits']): Level => ({ id: 'group_1', limits });
