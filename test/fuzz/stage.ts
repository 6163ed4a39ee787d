import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTable } from '../../infra/local/table.ts';
import { dialects, type ProviderDialect, TEXTS } from '../faults/answers.ts';
import { ask, type Got } from '../faults/ask.ts';
import { checkAnswer } from '../faults/check-answer.ts';
import type { ClientPath } from '../faults/paths.ts';
import { head } from '../faults/plays.ts';
import { definitionOf, MOST_MS } from '../faults/settings.ts';
import { type Call, startFaulty } from '../faults/upstream.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { textOf } from './text-of.ts';

/** What a provider answers in one round. */
export interface Scripted {
  status?: number;
  contentType: string;
  pieces: readonly Buffer[];
}

export interface Round {
  client: ClientPath;
  path: string;
  provider: ProviderDialect;
  stream: boolean;
  body: string;
  answer(call: Call): Scripted;
  /** What is known of the right answer. */
  expect: {
    /** The request is odd: 4xx is right. The provider is well: 5xx is wrong. */
    provider: 'well' | 'refuses' | 'odd';
    /** Events of the provider's own may pass; they are odd. */
    loose: boolean;
    hasBadText: boolean;
    finishEnds: boolean;
    /** All of the provider's text must come, or its beginning. */
    text?: 'whole' | 'beginning';
  };
}

export interface FuzzStage {
  rig: Rig;
  /** Plays a round; what is wrong with its outcome. */
  play(round: Round): Promise<string[]>;
  close(): Promise<void>;
}

/** A gateway with a provider of each dialect, which answers what the round says. */
export async function startFuzzStage(): Promise<FuzzStage> {
  // Rounds run one at a time, so that a call belongs to this one, whatever became of the model's name.
  let current: Round | undefined;
  let heard: string[] = [];
  const upstream = await startFaulty({
    async asked({ call, write, socket }) {
      if (!current) return socket.destroy();
      heard.push(...problemsOfCall(call, current));
      const { status = 200, contentType, pieces } = current.answer(call);
      await write(head(status, { 'content-type': contentType, connection: 'close' }));
      for (const piece of pieces) if (!(await write(piece))) return;
      socket.end();
    },
  });
  const configs = dialects.map((dialect) => [dialect.name, dialect.config(`${upstream.url}/${dialect.name}`)]);
  const definition = { ...definitionOf(Object.fromEntries(configs)) } as { timeouts: { totalMs: number } };
  // A timer that is left behind must still be there when timers are counted.
  definition.timeouts = { ...definition.timeouts, totalMs: 60_000 };
  // On disk: in memory the records of 100,000 rounds are 30 MB, and what grows there is looked for elsewhere.
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-fuzz-'));
  const local = await startTable('sluice-fuzz', { folder });
  const rig = await startRig({ definition, table: local });
  const agent = new http.Agent({ keepAlive: true });

  async function play(round: Round): Promise<string[]> {
    current = round;
    heard = [];
    const logged = rig.logged.length;
    const got = await ask({
      url: rig.url,
      path: round.path,
      body: Buffer.from(round.body),
      mostMs: MOST_MS,
      agent,
    });
    const problems = [...problemsOf(round, got), ...(await recordProblems(rig, got))];
    const failures = rig.logged.slice(logged).filter(({ level }) => level === 'error');
    const causes = failures.map(
      ({ message, fields }) => `in the log: ${message}: ${String((fields?.cause as Error)?.stack ?? '').slice(0, 300)}`,
    );
    return [...heard, ...problems, ...causes];
  }

  return {
    rig,
    play,
    async close() {
      agent.destroy();
      await rig.close();
      await local.close();
      await upstream.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What a provider may never get: another path than its own, or what is no JSON. */
function problemsOfCall({ path, body }: Call, { provider }: Round): string[] {
  const problems =
    path.startsWith(`/${provider.name}/`) && !/\/\.\.?(?:\/|$)/.test(path) ? [] : [`the provider was asked at ${path}`];
  try {
    JSON.parse(body);
  } catch {
    problems.push(`the provider was sent what is no JSON: ${body.slice(0, 80)}`);
  }
  return problems;
}

function problemsOf({ client, expect }: Round, got: Got): string[] {
  const streamed = String(got.headers['content-type']).startsWith('text/event-stream');
  const { outcome, problems } = checkAnswer(client.name, streamed, got, expect);
  if ('x-evil' in got.headers) problems.push('a header of the caller is in the answer');
  if (
    expect.provider === 'well' &&
    (got.status >= 500 || (got.status === 200 && outcome === 'error' && !got.failure))
  ) {
    problems.push(`an error though the provider was well: ${got.status} ${got.body.toString('utf8').slice(-200)}`);
  }
  const isWhole = got.status === 200 && outcome === 'answer' && problems.length === 0;
  if (expect.text && isWhole) {
    const wanted = TEXTS.join('');
    const text = textOf(client.name, got.body, streamed);
    const isRight = expect.text === 'whole' ? text === wanted : wanted.startsWith(text);
    if (!isRight) problems.push(`the text '${text.slice(0, 100)}'`);
  }
  return problems;
}

async function recordProblems({ requests }: Rig, { headers }: Got): Promise<string[]> {
  const id = headers['x-request-id'];
  const count = (): number => requests.filter(({ requestId }) => requestId === id).length;
  for (let tries = 0; tries < 100 && count() === 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setImmediate(resolve));
  const records = count();
  requests.length = 0;
  return records === 1 ? [] : [`${records} records`];
}
