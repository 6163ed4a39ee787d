import { setTimeout as sleep } from 'node:timers/promises';
import { median, type Spread } from './figures.ts';
import type { Member } from './fork.ts';
import type { Outcome, Volley } from './load.ts';
import type { Sample } from './member.ts';
import type { Scenario } from './scenarios.ts';

/** How Sluice did beside the bare pipe. Milliseconds; medians over rounds, differences and ratios within a pair of rounds. */
export interface Comparison {
  scenario: string;
  pipeCpuMs: number;
  sluiceCpuMs: number;
  ratio: number;
  /** Pieces in which an answer reached the caller, through the pipe and through Sluice. */
  pieces: { pipe: number; sluice: number };
  addedFirst: Spread;
  addedTotal: Spread;
  /** Requests that Sluice was sent in all, warm-up included. */
  asked: number;
  failed: number;
  failure?: string;
}

interface Round extends Outcome {
  /** CPU for one request. */
  cpuMs: number;
}

/** Longer than the gateway holds a usage record back: its writing belongs to the round. */
const SETTLE_MS = 200;
const WARM_UP_ROUNDS = 2;

/** Round by round, one server after the other, so that what else the machine does troubles both alike. */
export async function compare(
  scenario: Scenario,
  { load, pipe, sluice }: { load: Member; pipe: Member; sluice: Member },
): Promise<Comparison> {
  const pipeRounds: Round[] = [];
  const sluiceRounds: Round[] = [];
  for (let round = -WARM_UP_ROUNDS; round < scenario.rounds; round += 1) {
    // Each goes first as often as the other.
    const turns = [
      async () => void pipeRounds.push(await runRound(scenario, load, pipe)),
      async () => void sluiceRounds.push(await runRound(scenario, load, sluice)),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  return summary(scenario, pipeRounds, sluiceRounds);
}

async function runRound({ request, count, concurrency }: Scenario, load: Member, server: Member): Promise<Round> {
  const volley: Volley = { url: server.url, request, count, concurrency };
  const before = await server.ask<Sample>('sample');
  const outcome = await load.ask<Outcome>('fire', volley);
  await sleep(SETTLE_MS);
  const after = await server.ask<Sample>('sample');
  return { ...outcome, cpuMs: (after.cpuMs - before.cpuMs) / count };
}

function summary({ name, count }: Scenario, pipeRounds: Round[], sluiceRounds: Round[]): Comparison {
  const pairs = sluiceRounds.map((sluice, at) => ({ pipe: pipeRounds[at]!, sluice })).slice(WARM_UP_ROUNDS);
  const over = (figure: (pair: { pipe: Round; sluice: Round }) => number): number => median(pairs.map(figure));
  const added = (part: 'first' | 'total'): Spread => ({
    p50: over(({ pipe, sluice }) => sluice[part].p50 - pipe[part].p50),
    p95: over(({ pipe, sluice }) => sluice[part].p95 - pipe[part].p95),
  });
  const all = [...pipeRounds, ...sluiceRounds];
  const failure = all.find((round) => round.failure !== undefined)?.failure;
  return {
    scenario: name,
    pipeCpuMs: over(({ pipe }) => pipe.cpuMs),
    sluiceCpuMs: over(({ sluice }) => sluice.cpuMs),
    ratio: over(({ pipe, sluice }) => sluice.cpuMs / pipe.cpuMs),
    pieces: { pipe: over(({ pipe }) => pipe.pieces), sluice: over(({ sluice }) => sluice.pieces) },
    addedFirst: added('first'),
    addedTotal: added('total'),
    asked: sluiceRounds.length * count,
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    ...(failure === undefined ? {} : { failure }),
  };
}
