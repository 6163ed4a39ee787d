import http from 'node:http';
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
  /** Part of the model's name, so that the provider knows the round. */
  id: string;
  client: ClientPath;
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
  modelOf(provider: ProviderDialect, id: string): string;
  close(): Promise<void>;
}

/** A gateway with a provider of each dialect, which answers what the round says. */
export async function startFuzzStage(): Promise<FuzzStage> {
  const rounds = new Map<string, Round>();
  const heard = new Map<string, string[]>();
  const upstream = await startFaulty({
    async asked({ call, write, socket }) {
      const id = /fuzz-\d+-/.exec(call.path + call.body)?.[0] ?? '';
      const round = rounds.get(id);
      if (!round) return void socket.end(`${head(404, { 'content-length': 2, connection: 'close' })}{}`);
      heard.get(id)?.push(...problemsOfCall(call, round));
      const { status = 200, contentType, pieces } = round.answer(call);
      await write(head(status, { 'content-type': contentType, connection: 'close' }));
      for (const piece of pieces) if (!(await write(piece))) return;
      socket.end();
    },
  });
  const configs = dialects.map((dialect) => [dialect.name, dialect.config(`${upstream.url}/${dialect.name}`)]);
  const definition = { ...definitionOf(Object.fromEntries(configs)) } as { timeouts: { totalMs: number } };
  // A timer that is left behind must still be there when timers are counted.
  definition.timeouts = { ...definition.timeouts, totalMs: 60_000 };
  const rig = await startRig({ definition });
  const agent = new http.Agent({ keepAlive: true });

  async function play(round: Round): Promise<string[]> {
    rounds.set(round.id, round);
    const said: string[] = [];
    heard.set(round.id, said);
    const logged = rig.logged.length;
    const got = await ask({
      url: rig.url,
      path: round.client.path,
      body: Buffer.from(round.body),
      mostMs: MOST_MS,
      agent,
    });
    const problems = [...problemsOf(round, got), ...(await recordProblems(rig, got))];
    rounds.delete(round.id);
    heard.delete(round.id);
    // Rounds run one at a time, so that what was logged is this round's.
    const failures = rig.logged.slice(logged).filter(({ level }) => level === 'error');
    const causes = failures.map(
      ({ message, fields }) => `in the log: ${message}: ${String((fields?.cause as Error)?.stack ?? '').slice(0, 300)}`,
    );
    return [...said, ...problems, ...causes];
  }

  return {
    rig,
    play,
    modelOf: ({ name }, id) => `${name}/${id}m`,
    async close() {
      agent.destroy();
      await rig.close();
      await upstream.close();
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
