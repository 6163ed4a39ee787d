import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Comparison, compare } from './compare.ts';
import { type Filling, fill } from './fill.ts';
import type { Member } from './fork.ts';
import { failures, type Results, report } from './report.ts';
import { memory, type Scenario, scenarios } from './scenarios.ts';
import { type Stage, setStage } from './stage.ts';

/**
 * `npm run bench`: what Sluice costs beside a bare pipe, against a mock provider and a table in processes of their own.
 * Figures are shown, never asserted; only failed requests and missing usage records end it with 1.
 */
async function bench(chosen: readonly Scenario[], weighs: boolean, profileInto: string | undefined): Promise<Results> {
  const stage = await setStage(profileInto);
  const startedOn = today();
  const comparisons = chosen.length === 0 ? [] : await compareAll(stage, chosen);
  const weights = weighs ? await weigh(stage) : undefined;
  const days = [...new Set([startedOn, today()])];
  const counts = await Promise.all(days.map((day) => stage.table.ask<number>('countRecords', day)));
  await stage.close();
  return {
    comparisons,
    ...(weights ? { memory: weights } : {}),
    usageRecords: {
      written: sum(counts),
      expected: sum(comparisons.map(({ asked }) => asked)) + (weights?.sluice.requests ?? 0),
    },
  };
}

async function compareAll({ load, startPipe, startSluice }: Stage, chosen: readonly Scenario[]): Promise<Comparison[]> {
  const [pipe, sluice] = await Promise.all([startPipe(), startSluice()]);
  const comparisons: Comparison[] = [];
  for (const scenario of chosen) {
    progress(scenario.title);
    comparisons.push(await compare(scenario, { load, pipe, sluice }));
  }
  await Promise.all([pipe.stop(), sluice.stop()]);
  return comparisons;
}

async function weigh({ load, startPipe, startSluice }: Stage): Promise<{ pipe: Filling; sluice: Filling }> {
  const weighOne = async (starting: Promise<Member>): Promise<Filling> => {
    const server = await starting;
    const filling = await fill(server, load, scaled(memory.count));
    await server.stop();
    return filling;
  };
  progress('memory');
  return { pipe: await weighOne(startPipe()), sluice: await weighOne(startSluice()) };
}

const today = (): string => new Date().toISOString().slice(0, 10);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const scaled = (count: number, least = 1): number => (flags.quick ? Math.max(least, Math.ceil(count / 10)) : count);

function progress(title: string): void {
  if (process.stderr.isTTY) console.error(`… ${title}`);
}

const { values: flags } = parseArgs({
  options: {
    /** A tenth of the requests, in fewer rounds. */
    quick: { type: 'boolean', default: false },
    /** Names of scenarios, with commas; `memory` is one too. */
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Leaves CPU profiles of both servers in `.cache/bench/profiles`; the figures are then too high. */
    profile: { type: 'boolean', default: false },
  },
});

const names = [...scenarios.map(({ name }) => name), memory.name];
const wanted = flags.only?.split(',') ?? names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no scenario '${unknown.join("', '")}'; there are: ${names.join(', ')}`);
  process.exit(1);
}

const chosen = scenarios
  .filter(({ name }) => wanted.includes(name))
  .map((scenario) => ({
    ...scenario,
    count: scaled(scenario.count, scenario.concurrency),
    rounds: flags.quick ? 3 : scenario.rounds,
  }));
const profileInto = flags.profile ? path.join(import.meta.dirname, '../../.cache/bench/profiles') : undefined;
const results = await bench(chosen, wanted.includes(memory.name), profileInto);
console.log(flags.json ? JSON.stringify(results, null, 2) : report(results));
process.exitCode = failures(results).length > 0 ? 1 : 0;
