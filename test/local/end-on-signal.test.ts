import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ended, run, until } from './process.ts';

/** A provider that answers when the test says so, and a configuration that names it. */
const waiting: ServerResponse[] = [];
const provider = createServer((request, response) => {
  request.resume();
  waiting.push(response);
});
let folder = '';
let config = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-ending-'));
  config = path.join(folder, 'gateway.json');
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  const providers = { slow: { baseUrl, auth: 'none' }, openai: {}, groq: {} };
  const models = { slow: 'slow/a', plain: 'openai/b', either: ['openai/b', 'groq/c'], one: ['openai/b', 'slow/a'] };
  await writeFile(config, JSON.stringify({ providers, models }));
});
afterAll(async () => {
  provider.close();
  await rm(folder, { recursive: true });
});

const MASTER_KEY = 'sk-master-0123456789-0123456789-0123456789';

async function startAndAsk() {
  const gateway = run('infra/local/start.ts', ['--port', '0', '--no-demo', '--config', config], { MASTER_KEY });
  await until(gateway, /keys create/);
  const url = /listens at (\S+)/.exec(gateway.output())![1]!;
  waiting.length = 0;
  const answer = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'slow', messages: [{ role: 'user', content: 'Hello!' }] }),
  }).then(
    ({ status }) => status,
    () => 'cut',
  );
  await vi.waitFor(() => expect(waiting).toHaveLength(1), { timeout: 10_000 });
  return { gateway, answer };
}

test('Ctrl-C says how many requests are waited for, and ends after them', async () => {
  const { gateway, answer } = await startAndAsk();
  gateway.process.kill('SIGINT');
  await until(gateway, /Ending: waiting for one request, at most 30 s\. Ctrl-C again ends at once\./);
  const message = { role: 'assistant', content: 'Late.' };
  const body = {
    id: 'a',
    object: 'chat.completion',
    created: 1,
    model: 'a',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  };
  waiting[0]!.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  expect(await answer).toBe(200);
  expect((await ended(gateway)).code).toBe(0);
});

test('a second Ctrl-C ends at once, but not the same one passed on by npm', async () => {
  const { gateway, answer } = await startAndAsk();
  gateway.process.kill('SIGINT');
  await until(gateway, /Ending: waiting for one request/);
  gateway.process.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(gateway.process.exitCode).toBeNull();
  gateway.process.kill('SIGINT');
  const { code, output } = await ended(gateway);
  expect(code).toBe(130);
  expect(output).toContain('Ended at once; requests that were cut: 1');
  expect(await answer).toBe('cut');
});

test('without a request under way, Ctrl-C waits for nothing', async () => {
  const gateway = run('infra/local/start.ts', ['--port', '0', '--config', config]);
  await until(gateway, /keys create/);
  gateway.process.kill('SIGINT');
  expect(await ended(gateway)).toMatchObject({ code: 0, output: expect.stringMatching(/\nEnding\.\n$/) });
});
