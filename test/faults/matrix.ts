import http from 'node:http';
import { sleep } from '../support/provider.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { dialects, type ProviderDialect } from './answers.ts';
import { ask, type Got } from './ask.ts';
import { checkAnswer } from './check-answer.ts';
import type { Fault } from './fault.ts';
import { type ClientPath, clientPaths } from './paths.ts';
import { definitionOf, MOST_MS } from './settings.ts';
import { type FaultyUpstream, startFaulty } from './upstream.ts';

/** One fault seen by one client through one provider. */
export interface Cell {
  fault: Fault;
  provider: ProviderDialect;
  client: ClientPath;
  stream: boolean;
}

export interface Result {
  cell: Cell;
  status: number;
  ms: number;
  /** Nothing where all is well. */
  problems: string[];
}

export const nameOf = ({ fault, provider, client, stream }: Cell): string =>
  `${fault.name} | ${provider.name} | ${client.name} | ${stream ? 'stream' : 'whole'}`;

export const cellsOf = (faults: readonly Fault[]): Cell[] =>
  faults.flatMap((fault) =>
    dialects.flatMap((provider) =>
      clientPaths.flatMap((client) => [true, false].map((stream) => ({ fault, provider, client, stream }))),
    ),
  );

export interface Outcome {
  results: Result[];
  /** What was left behind when all requests were over. */
  left: string[];
}

/** Sends every cell's request, so many at once, through one gateway, and checks answers, records and what is left. */
export async function runCells(
  cells: readonly Cell[],
  { atOnce = 24, done = (_: Result) => {} } = {},
): Promise<Outcome> {
  const upstreams = new Map<Fault, FaultyUpstream>();
  for (const fault of new Set(cells.map(({ fault }) => fault))) upstreams.set(fault, await startFaulty(fault.play));
  const faults = [...upstreams.keys()];
  const rig = await startRig({ definition: definitionOf(configsOf(upstreams, faults)) });
  const agent = new http.Agent({ keepAlive: true });
  const results: Result[] = [];
  const timersBefore = await timersLeft();
  const waiting = cells.map((cell) => ({
    cell,
    model: `${providerName(cell.provider, faults.indexOf(cell.fault))}/m`,
  }));
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const result = await runCell(next.cell, next.model, rig, agent);
        results.push(result);
        done(result);
      }
    }),
  );
  agent.destroy();
  const left = await whatIsLeft(rig, upstreams, timersBefore);
  await rig.close();
  await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  return { results, left };
}

const providerName = ({ name }: ProviderDialect, position: number): string => `${name}.${position}`;

function configsOf(upstreams: ReadonlyMap<Fault, FaultyUpstream>, faults: readonly Fault[]): Record<string, object> {
  const entries = faults.flatMap((fault, position) =>
    dialects.map((dialect) => [
      providerName(dialect, position),
      dialect.config(`${upstreams.get(fault)!.url}/${dialect.name}`),
    ]),
  );
  return Object.fromEntries(entries);
}

async function runCell(cell: Cell, model: string, rig: Rig, agent: http.Agent): Promise<Result> {
  const { client, stream, fault, provider } = cell;
  const body = JSON.stringify(client.body(model, stream));
  const asking = { url: rig.url, path: client.path, body, mostMs: MOST_MS, agent };
  // A fault of kept connections needs one.
  if (fault.name.startsWith('kept connection')) await ask(asking);
  const got = await ask(asking);
  const isSame = client.passes === provider.name;
  const { outcome, problems } = checkAnswer(client.name, stream, got, isSame && fault.passesOddBytes === true);
  const wanted = stream && provider.name !== 'business' ? fault.stream : fault.whole;
  if (wanted && wanted !== outcome) problems.push(`an ${outcome}, not an ${wanted}: ${brief(got)}`);
  problems.push(...(await recordProblems(rig, got)));
  return { cell, status: got.status, ms: got.ms, problems };
}

const brief = ({ status, body }: Got): string =>
  `${status} ${body.toString('utf8').slice(-160).replaceAll('\n', '\\n')}`;

/** After-work may come shortly after the last byte. */
async function recordProblems(rig: Rig, { headers }: Got): Promise<string[]> {
  const id = headers['x-request-id'];
  if (typeof id !== 'string') return ['no answer, so that its record cannot be found'];
  const count = (): number => rig.requests.filter(({ requestId }) => requestId === id).length;
  for (let tries = 0; tries < 100 && count() === 0; tries += 1) await sleep(10);
  return count() === 1 ? [] : [`${count()} records`];
}

async function whatIsLeft(
  rig: Rig,
  upstreams: ReadonlyMap<Fault, FaultyUpstream>,
  timersBefore: number,
): Promise<string[]> {
  const letGo = [...upstreams].filter(([{ keeps }]) => !keeps);
  const stillOpen = () => letGo.filter(([, upstream]) => upstream.open() > 0);
  for (let tries = 0; tries < 60 && stillOpen().length > 0; tries += 1) await sleep(50);
  const left = stillOpen().map(([{ name }, upstream]) => `${upstream.open()} connections to the provider of '${name}'`);
  const timers = (await timersLeft()) - timersBefore;
  if (timers > 0) left.push(`${timers} timers`);
  const failures = rig.logged.filter(({ level }) => level === 'error');
  return [...left, ...failures.map(({ message, fields }) => `in the log: ${message}: ${causeOf(fields)}`)];
}

const causeOf = (fields: Record<string, unknown> | undefined): string =>
  (fields?.cause instanceof Error ? (fields.cause.stack ?? '') : JSON.stringify(fields ?? {})).slice(0, 400);

/** Timers of this process that would still run; a timer of work that is just ending is none that is left. */
async function timersLeft(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 20; tries += 1) {
    await sleep(25);
    const now = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    least = Math.min(least, now);
  }
  return least;
}
