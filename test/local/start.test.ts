import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Started, until } from './process.ts';

/** `npm start` as a new user meets it: a process of its own, its printed words taken at their word. */
const MASTER_KEY = 'sk-master-0123456789-0123456789-0123456789';

describe('npm start', () => {
  let started: Started;
  let openai: OpenAI;
  let url = '';
  let key = '';

  beforeAll(async () => {
    started = run('infra/local/start.ts', ['--port', '0']);
    await until(started, /Try it:[\s\S]*}'\n/);
    url = /base URL\s+(\S+)\/v1/.exec(started.output())![1]!;
    key = /key\s+(\S+)/.exec(started.output())![1]!;
    openai = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
  });
  afterAll(() => void started.process.kill('SIGKILL'));

  const messages = [{ role: 'user' as const, content: 'Hello!' }];
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];

  test('makes small vectors, the same for the same text', async () => {
    const { data } = await openai.embeddings.create({ model: 'demo', input: ['a', 'b', 'a'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8, 8]);
    expect(data[0]!.embedding).toEqual(data[2]!.embedding);
    expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
  });

  test.each(['rerank', 'moderations', 'images/generations', 'audio/speech'])(
    'refuses %s and says what the demo can do',
    async (operation) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ model: 'demo', input: 'a', query: 'a', documents: ['b'], prompt: 'a', voice: 'a' });
      const response = await fetch(`${url}/v1/${operation}`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { message: expect.stringContaining('The demo model converses and makes embeddings') },
      });
    },
  );

  test('prints a curl line that works as it stands', async () => {
    const printed = /curl -N (\S+) -H 'authorization: (.+?)' -H 'content-type: (.+?)' \\\n\s+-d '(.+)'/.exec(
      started.output(),
    )!;
    const [, address, authorization, type, body] = printed;
    const response = await fetch(address!, {
      method: 'POST',
      headers: { authorization: authorization!, 'content-type': type! },
      body: body!,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    expect(text.split('\n\n').length).toBeGreaterThan(5);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('answers the official SDK: whole, streamed, by its helper, with tools in both modes, its list of models', async () => {
    const whole = await openai.chat.completions.create({ model: 'demo', messages });
    expect(whole.choices[0]?.message.content).toContain('You said: “Hello!”');
    const stream = await openai.chat.completions.create({
      model: 'demo',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const piece of stream) chunks.push(piece);
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
    const helped = await openai.chat.completions.stream({ model: 'demo', messages }).finalContent();
    expect(helped).toBe(whole.choices[0]?.message.content);
    const called = await openai.chat.completions.create({ model: 'demo', messages, tools });
    expect(called.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'weather', arguments: '{"city":"example"}' },
    });
    const helpedCall = await openai.chat.completions.stream({ model: 'demo', messages, tools }).finalChatCompletion();
    expect(helpedCall.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'weather' } }] },
    });
    const ids = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    expect(ids).toContain('demo');
  });

  test('answers from an in-house business API as the model business-demo, streamed too', async () => {
    const whole = await openai.chat.completions.create({ model: 'business-demo', messages });
    expect(whole.choices[0]?.message.content).toContain('Hello!');
    const streamed = await openai.chat.completions.stream({ model: 'business-demo', messages }).finalContent();
    expect(streamed).toBe(whole.choices[0]?.message.content);
  });

  test('refuses a wrong key and an unknown model as the SDK expects', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${url}/v1`, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(openai.chat.completions.create({ model: 'unknown', messages })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
  });

  test('says of a provider without a key what is missing', async () => {
    await expect(openai.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toThrow(
      /no key 'OPENAI_API_KEY' for the provider 'openai'/,
    );
  });

  test('prints one line a request', async () => {
    await until(
      started,
      /\d\d:\d\d:\d\d {2}req_[0-9a-f]{32} {2}master {2}demo → demo\/demo {2}200 {2}first \d+ ms {2}total \d+ ms {2}\d+ in, \d+ out/,
    );
    expect(started.output()).not.toContain('!!');
  });

  test('is found sound by npm run verify, which finds fault with a wrong key', async () => {
    const sound = run('infra/verify.ts', [`${url}/v1`, key]);
    expect(await once(sound.process, 'exit')).toEqual([0, null]);
    expect(sound.output()).toMatch(/ok {4}streams: first byte after/);
    const unsound = run('infra/verify.ts', [url, 'sk-wrong', '--model', 'demo']);
    expect(await once(unsound.process, 'exit')).toEqual([1, null]);
    expect(unsound.output()).toMatch(/FAIL {2}answers: status 401/);
  });

  test('ends on SIGTERM, after what is under way', async () => {
    const streaming = openai.chat.completions.stream({ model: 'demo', messages }).finalContent();
    await new Promise((resolve) => setTimeout(resolve, 60));
    started.process.kill('SIGTERM');
    expect(await streaming).toContain('Hello!');
    expect(await once(started.process, 'exit')).toEqual([0, null]);
  });
});

describe('npm start with --data', () => {
  const started: Started[] = [];
  afterAll(() => started.forEach(({ process }) => void process.kill('SIGKILL')));

  async function start(folder: string): Promise<{ url: string; process: ChildProcess }> {
    const gateway = run('infra/local/start.ts', ['--port', '0', '--data', folder], { MASTER_KEY });
    started.push(gateway);
    await until(gateway, /Make a first key:[\s\S]*keys create/);
    return { url: /listens at (\S+)/.exec(gateway.output())![1]!, process: gateway.process };
  }

  const sluice = async (url: string, ...args: string[]) => {
    const env = { SLUICE_URL: url, SLUICE_ADMIN_KEY: MASTER_KEY };
    const command = run('infra/cli/sluice.ts', [...args, '--json'], env);
    const [code] = await once(command.process, 'close');
    return { code, json: code === 0 ? JSON.parse(command.output()) : undefined };
  };

  test('keeps keys and usage over a restart, and is for one process at a time', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-data-'));
    const first = await start(folder);
    const { json: key } = await sluice(first.url, 'keys', 'create', '--name', 'kept');
    const client = (url: string) => new OpenAI({ apiKey: key.key, baseURL: `${url}/v1`, maxRetries: 0 });
    const question = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hello!' }] };
    await client(first.url).chat.completions.create(question);

    const second = run('infra/local/start.ts', ['--port', '0', '--data', folder]);
    expect(await once(second.process, 'exit')).toEqual([1, null]);
    expect(second.output()).toMatch(/is in use by the process \d+/);

    first.process.kill('SIGTERM');
    expect(await once(first.process, 'exit')).toEqual([0, null]);
    const again = await start(folder);
    await client(again.url).chat.completions.create(question);
    const { json: report } = await sluice(again.url, 'usage');
    expect(report.data).toMatchObject([{ value: key.id, name: 'kept', requests: expect.any(Number) }]);
    expect(report.total.tokens.input).toBeGreaterThan(0);

    // In one process a revocation holds at once.
    expect((await sluice(again.url, 'keys', 'revoke', key.id)).json).toMatchObject({ revoked: true });
    await expect(client(again.url).chat.completions.create(question)).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    );
    await rm(folder, { recursive: true });
  });
});

describe('npm start with options', () => {
  test('takes a JSON configuration, a master key and no demo', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-'));
    const config = path.join(folder, 'gateway.json');
    await writeFile(config, JSON.stringify({ providers: { ollama: {} }, models: { local: 'ollama/llama' } }));
    const started = run('infra/local/start.ts', ['--no-demo'], {
      PORT: '0',
      SLUICE_CONFIG: config,
      MASTER_KEY: `sk-mine-${'0'.repeat(32)}`,
    });
    await until(started, /models\s+local\n/);
    expect(started.output()).toContain('key        sk-mine');
    expect(started.output()).not.toContain('demo');
    started.process.kill('SIGINT');
    expect(await once(started.process, 'exit')).toEqual([0, null]);
    const short = run('infra/local/start.ts', ['--port', '0'], { MASTER_KEY: 'sk-short' });
    expect(await once(short.process, 'exit')).toEqual([1, null]);
    expect(short.output()).toContain('the master key has 8 characters; it must have at least 32');
    await rm(folder, { recursive: true });
  });
});
