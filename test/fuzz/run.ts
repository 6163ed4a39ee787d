/** `npm run test:fuzz -- --minutes 10 [--only requests|answers|frames] [--seed N] [--rounds N] [--until PATTERN]`. */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from './random.ts';
import { type Fuzzer, fuzzers, roundOf } from './rounds.ts';
import { startFuzzStage } from './stage.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    until: { type: 'string' },
  },
});

/** Between two looks at what is left: rounds. */
const LOOK_EVERY = 400;
/** Heap may grow by so much after the first look, caches and compiled code included. */
const MOST_GROWTH_MB = 30;
const MOST_FINDINGS = 25;

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
process.on('uncaughtException', (thrown) => unhandled.push(thrown));

const chosen = fuzzers.filter((name) => values.only === undefined || values.only === name);
if (chosen.length === 0) throw new Error(`--only is one of ${fuzzers.join(', ')}`);
let findings = 0;
for (const fuzzer of chosen) findings += await fuzz(fuzzer, (Number(values.minutes) * 60_000) / chosen.length);
process.exit(findings > 0 ? 1 : 0);

async function fuzz(fuzzer: Fuzzer, forMs: number): Promise<number> {
  const stage = await startFuzzStage();
  const until = performance.now() + forMs;
  let found = 0;
  /** What the search was for is found. */
  let isWanted = false;
  let heapMb: number | undefined;
  const timers = await timersLeft();
  const report = (seed: number, problem: string): void => {
    found += 1;
    isWanted ||= values.until !== undefined && new RegExp(values.until).test(problem);
    console.log(`FOUND ${fuzzer} --only ${fuzzer} --seed ${seed} --rounds 1: ${problem}`);
    keep({ fuzzer, seed, problem });
  };
  const first = Number(values.seed);
  console.log(`${fuzzer}: seeds from ${first}`);
  let position = 0;
  const isOver = (): boolean =>
    performance.now() > until || position >= Number(values.rounds) || found >= MOST_FINDINGS || isWanted;
  for (; !isOver(); position += 1) {
    const seed = first + position;
    const problems = await stage.play(roundOf(fuzzer, seed, createRandom(seed)));
    problems.push(
      ...unhandled.splice(0).map((thrown) => `unhandled: ${thrown instanceof Error ? thrown.stack : String(thrown)}`),
    );
    if (problems.length > 0) report(seed, problems.join('; '));
    if ((position + 1) % LOOK_EVERY !== 0) continue;
    const left = (await timersLeft()) - timers;
    if (left > 0) report(seed, `${left} timers are left after ${position + 1} rounds`);
    globalThis.gc?.();
    const nowMb = process.memoryUsage().heapUsed / 1e6;
    stage.rig.logged.length = 0;
    // The first rounds load and compile: growth counts from the second look on.
    if (position + 1 === 2 * LOOK_EVERY) heapMb = nowMb;
    if (heapMb !== undefined && nowMb > heapMb + MOST_GROWTH_MB)
      report(seed, `the heap grew from ${Math.round(heapMb)} to ${Math.round(nowMb)} MB`);
  }
  console.log(
    `${fuzzer}: ${position} rounds, ${found} findings, heap ${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`,
  );
  await stage.close();
  return found;
}

/** Timers of this process that would still run; those of work that is just ending are none that are left. */
async function timersLeft(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 20; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    least = Math.min(least, process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
  }
  return least;
}

/** What was found is kept for the next look at it, outside the repository. */
function keep(finding: object): void {
  const folder = path.join(import.meta.dirname, '../../.cache/fuzz');
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, 'findings.jsonl'), `${JSON.stringify(finding)}\n`);
}
