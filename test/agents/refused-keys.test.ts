import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { claude, clis, codex, gemini, opencode, packages, TASK } from './clis.ts';
import { type Front, startFront } from './front.ts';
import { modelOf, type StartedGateway, startGateway } from './gateway.ts';
import { INSTALLING_MS, installed } from './install.ts';
import { type ScriptedModel, startModel } from './model.ts';
import { runCli } from './run.ts';

/** A key of the owner's that a provider does not take: agents must stop at once, and not have their user sign in. */
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
  model.refuse({ status: 401, body: { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } } });
}, INSTALLING_MS);
afterEach(() => {
  front.exchanges.length = 0;
});
afterAll(async () => {
  await front?.close();
  await gateway?.stop();
  await model?.close();
});

test.each([
  // opencode asks for a title at the same time.
  { cli: codex, status: 400, requests: 1 },
  { cli: claude, status: 424, requests: 1 },
  { cli: gemini, status: 400, requests: 1 },
  { cli: opencode, status: 400, requests: 2 },
])('$cli.name stops where a provider refuses the gateway’s key, and says which', async ({ cli, status, requests }) => {
  const gate = { url: front.url, key: gateway.key, model: modelOf(cli.modelName, 'responses') };
  const { code, said, errors } = await runCli(cli, TASK, { folder, gate, seconds: 60 });
  expect(front.exchanges.map((exchange) => exchange.status)).toEqual(Array.from({ length: requests }, () => status));
  expect(code).not.toBe(0);
  expect(said + errors).toContain("The provider 'openai-responses' refused the key");
  expect(said + errors).not.toMatch(/log ?in|sign ?in|authenticate/i);
});
