import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { holdsCodexForms } from '../dialects/openai-responses/codex-forms.ts';
import { type Cli, clis, codex, NOTE, packages, TASK } from './clis.ts';
import { type Front, startFront } from './front.ts';
import { modelOf, type StartedGateway, startGateway } from './gateway.ts';
import { INSTALLING_MS, installed } from './install.ts';
import { type DialectName, dialectNames, LAST_WORDS, type ScriptedModel, startModel, toolResultsIn } from './model.ts';
import { runCli } from './run.ts';

/**
 * Agents as their makers publish them, with the settings of the README, against `npm start`. The model behind it is scripted: it has the agent
 * call tools that write a file, and then says that it is done.
 */
const TASK_SECONDS = 90;

let folder = '';
let model: ScriptedModel;
let gateway: StartedGateway;
let front: Front;

beforeAll(async () => {
  folder = await installed(packages);
  model = await startModel();
  const urls = new Map([...model.taps].map(([name, { url }]) => [name, url]));
  gateway = await startGateway(
    clis.map(({ modelName }) => modelName),
    urls,
  );
  front = await startFront(gateway.url);
}, INSTALLING_MS);
afterEach(() => {
  front.exchanges.length = 0;
  for (const { asked } of model.taps.values()) asked.length = 0;
});
afterAll(async () => {
  await front?.close();
  await gateway?.stop();
  await model?.close();
});

const run = (cli: Cli, dialect: DialectName) =>
  runCli(cli, TASK, {
    folder,
    seconds: TASK_SECONDS,
    gate: { url: front.url, key: gateway.key, model: modelOf(cli.modelName, dialect) },
  });

describe.each(clis)('$name', (cli) => {
  test.each(dialectNames)('finishes a task with its tools over a model of the format %s', async (dialect) => {
    const before = gateway.requests().length;
    model.follow(cli.steps);
    const ended = await run(cli, dialect);
    // First, since they say why all the rest is wrong.
    const expected = cli.refusals?.(dialect) ?? [];
    const refused = front.exchanges.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, answer }) => ({ status, answer }))).toEqual(
      expected.map(({ status, says }) => ({ status, answer: expect.stringMatching(says) })),
    );
    expect(ended).toMatchObject({ code: 0, note: NOTE });
    expect(ended.said).toContain(LAST_WORDS);
    const { asked } = model.taps.get(dialect)!;
    expect(Math.max(...asked.map(({ body }) => toolResultsIn(body)))).toBe(cli.steps.length);
    const failed = gateway
      .requests()
      .slice(before)
      .filter(({ status }) => status !== 200);
    expect(failed.map(({ status }) => status)).toEqual(expected.map(({ status }) => status));
  });
});

test('codex sends the thinking of its model back in a form that only OpenAI takes', async () => {
  model.follow(codex.steps);
  const { code } = await run(codex, 'xai');
  expect(code).toBe(0);
  const bodies = front.exchanges.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
  const thoughts = bodies.flatMap(({ input }) => input).filter(({ type }) => type === 'reasoning');
  expect(thoughts).toContainEqual(expect.objectContaining({ content: null }));
  expect(bodies.every(holdsCodexForms)).toBe(true);
  // The refusals of that model's provider would show as its answers.
  expect(model.taps.get('xai')!.asked.map(({ path }) => path)).toEqual(bodies.map(() => '/v1/responses'));
});
