import { expect, test } from 'vitest';
import { reportOf } from '../../../shared/accounting/limits/report.ts';

const state = (requests: number, tokens?: number) => ({
  requests,
  tokens,
  refilledAt: 0,
  open: 1,
  leases: new Map([['a', 1_000]]),
});

test('what remains is that of the level with least, for each limit by itself', () => {
  const levels = [
    { limits: { rpm: 60, tpm: 1_000 }, state: state(30.9, 999) },
    { limits: { rpm: 10, tpm: 9_000, concurrency: 4 }, state: state(9, 3_000) },
  ];
  expect(reportOf(levels, 0).report).toEqual({
    requests: { limit: 10, remaining: 9, resetMs: 6_000 },
    tokens: { limit: 1_000, remaining: 999, resetMs: 60 },
    concurrency: { limit: 4, remaining: 3, resetMs: 0 },
  });
});

test('a bucket below zero has nothing left, and needs longer than a minute', () => {
  expect(reportOf([{ limits: { rpm: 60 }, state: state(-60) }], 0).report).toEqual({
    requests: { limit: 60, remaining: 0, resetMs: 120_000 },
  });
});

test('a level that does not limit something says nothing of it, whatever is stored there', () => {
  const levels = [
    { limits: { tpm: 1_000 }, state: state(1, 500) },
    { limits: { rpm: 60 }, state: state(30, 1) },
    { limits: { rpm: 90, tpm: 400 }, state: undefined },
  ];
  expect(reportOf(levels, 0).report).toEqual({
    requests: { limit: 60, remaining: 30, resetMs: 30_000 },
    tokens: { limit: 400, remaining: 400, resetMs: 0 },
  });
});

test('without limits there is nothing to report', () => {
  expect(reportOf([{ limits: {}, state: state(1) }], 0)).toEqual({});
});
