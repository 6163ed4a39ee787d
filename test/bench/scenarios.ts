import type { RequestBody } from './requests.ts';

/** What is measured, and how often: enough rounds that the medians hold still on a machine with other work to do. */
export interface Scenario {
  name: string;
  title: string;
  request: RequestBody;
  concurrency: number;
  /** Requests of one round. */
  count: number;
  /** Rounds for each server. */
  rounds: number;
  /** Whether waiting times measure the server. Where the load keeps it busy, they measure the queue before it. */
  timed: boolean;
  /** What we want: CPU as a multiple of the bare pipe's. */
  target?: number;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'single',
    title: 'small request, one at a time',
    request: { model: 'small', stream: false, size: 'small' },
    concurrency: 1,
    count: 400,
    rounds: 5,
    timed: true,
  },
  {
    name: 'small',
    title: 'small request, 32 at once',
    request: { model: 'small', stream: false, size: 'small' },
    concurrency: 32,
    count: 2_000,
    rounds: 7,
    timed: false,
  },
  {
    name: 'stream100',
    title: 'stream of 100 events, 32 at once',
    request: { model: 'stream100', stream: true, size: 'small' },
    concurrency: 32,
    count: 500,
    rounds: 7,
    timed: false,
    target: 2,
  },
  {
    name: 'paced',
    title: '100 streams of 50 events, one every 20 ms',
    request: { model: 'paced', stream: true, size: 'small' },
    concurrency: 100,
    count: 100,
    rounds: 5,
    timed: true,
  },
  {
    name: 'body1MB',
    title: 'request body of 1 MB, 8 at once',
    request: { model: 'small', stream: false, size: 'megabyte' },
    concurrency: 8,
    count: 160,
    rounds: 5,
    timed: false,
  },
];

/** A fresh process is given this much, then asked for its memory. */
export const memory = {
  name: 'memory',
  request: { model: 'small', stream: false, size: 'small' },
  concurrency: 32,
  count: 20_000,
  /** What we want, in megabytes of resident memory. */
  target: 110,
} as const;
