import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from './fork.ts';
import type { Outcome, Volley } from './load.ts';
import type { Sample } from './member.ts';
import { memory } from './scenarios.ts';

/** What a process weighs before its first request and after many, in megabytes. */
export interface Filling {
  requests: number;
  startMb: number;
  endMb: number;
  failed: number;
  failure?: string;
}

const SETTLE_MS = 1_000;

/** Gives a fresh server many requests and weighs it; nothing is forced out of it before. */
export async function fill(server: Member, load: Member, requests: number): Promise<Filling> {
  const { request, concurrency } = memory;
  const start = await server.ask<Sample>('sample');
  const volley: Volley = { url: server.url, request, count: requests, concurrency };
  const { failed, failure } = await load.ask<Outcome>('fire', volley);
  await sleep(SETTLE_MS);
  const end = await server.ask<Sample>('sample');
  return {
    requests,
    startMb: start.memoryMb,
    endMb: end.memoryMb,
    failed,
    ...(failure === undefined ? {} : { failure }),
  };
}
