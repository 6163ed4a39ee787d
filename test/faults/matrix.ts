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

/** About so many cells, spread evenly: every fault, provider and client is among them. */
export function sampleOf(cells: readonly Cell[], count: number): Cell[] {
  // A step that shares no factor with the 70 cells of a fault meets each of its cells in turn.
  let step = Math.max(1, Math.floor(cells.length / count));
  while ([2, 5, 7].some((factor) => step % factor === 0)) step += 1;
  return cells.filter((_, position) => position % step === 0);
}

export interface Outcome {
  results: Result[];
  /** What was left behind when all requests were over. */
  left: string[];
}

/** A provider for each fault and dialect, and what they are called in a configuration. */
export interface FaultyProviders {
  upstreams: ReadonlyMap<Fault, FaultyUpstream>;
  configs: Record<string, object>;
  modelOf(cell: Cell): string;
  close(): Promise<void>;
}

export async function startProviders(cells: readonly Cell[]): Promise<FaultyProviders> {
  const upstreams = new Map<Fault, FaultyUpstream>();
  for (const fault of new Set(cells.map(({ fault }) => fault))) upstreams.set(fault, await startFaulty(fault.play));
  const faults = [...upstreams.keys()];
  const nameIn = ({ name }: ProviderDialect, fault: Fault): string => `${name}.${faults.indexOf(fault)}`;
  const configs = faults.flatMap((fault) =>
    dialects.map((dialect): [string, object] => [
      nameIn(dialect, fault),
      dialect.config(`${upstreams.get(fault)!.url}/${dialect.name}`),
    ]),
  );
  return {
    upstreams,
    configs: Object.fromEntries(configs),
    modelOf: ({ provider, fault }) => `${nameIn(provider, fault)}/m`,
    close: async () => void (await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))),
  };
}

/** Sends every cell's request, so many at once, through one gateway, and checks answers, records and what is left. */
export async function runCells(cells: readonly Cell[], atOnce = 24): Promise<Outcome> {
  const providers = await startProviders(cells);
  const rig = await startRig({ definition: definitionOf(providers.configs) });
  const agent = new http.Agent({ keepAlive: true });
  const results: Result[] = [];
  const timersBefore = await timersLeft();
  const waiting = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      results.push(await runCell(cell, providers.modelOf(cell), rig, agent));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  agent.destroy();
  const left = await whatIsLeft(rig, providers.upstreams, timersBefore);
  await rig.close();
  await providers.close();
  return { results, left };
}

async function runCell(cell: Cell, model: string, rig: Rig, agent: http.Agent): Promise<Result> {
  const { client, stream, fault } = cell;
  const body = JSON.stringify(client.body(model, stream));
  const asking = { url: rig.url, path: client.path(model, stream), body, mostMs: MOST_MS, agent };
  // A fault of kept connections needs one.
  if (fault.name.startsWith('kept connection')) await ask(asking);
  const got = await ask(asking);
  const problems = [...answerProblems(cell, got), ...(await recordProblems(rig, got))];
  return { cell, status: got.status, ms: got.ms, problems };
}

/** What is wrong with the answer to a cell's request. */
export function answerProblems({ client, provider, fault, stream }: Cell, got: Got): string[] {
  const loose = client.passes === provider.name && fault.passesOddBytes === true;
  const { outcome, problems } = checkAnswer(client.name, stream, got, { loose, hasBadText: fault.hasBadText === true });
  const wanted = stream && provider.name !== 'business' ? fault.stream : fault.whole;
  return wanted && wanted !== outcome ? [...problems, `an ${outcome}, not an ${wanted}: ${brief(got)}`] : problems;
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
