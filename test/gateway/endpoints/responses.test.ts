import { createHash } from 'node:crypto';
import OpenAI from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import {
  completed,
  created,
  message,
  messageEvents,
  response,
  sse,
  usage,
} from '../../dialects/openai-responses/wire.ts';
import { virtualKeyOf } from '../../support/callers.ts';
import { type Script, sendJson, startProvider, startStream } from '../../support/provider.ts';
import { startRig } from '../../support/rig.ts';

const ID = 'resp_67ccd2be';
const done = response({ output: [message('Hi')] });
const queued = response({ status: 'queued', usage: null, background: true });
const streamed = sse([created, ...messageEvents(['Hi'], 0), completed([message('Hi')])]);

/** The gateway over sockets for two people with keys of their own, in front of a provider that keeps responses. */
async function open(script: Script) {
  const provider = await startProvider(script);
  const ids = new Map(
    ['ann', 'bob', 'lim'].map((name) => [createHash('sha256').update(`sk-${name}`).digest('hex'), name]),
  );
  const rig = await startRig({
    definition: {
      providers: {
        openai: { baseUrl: provider.url },
        other: { preset: 'openai', baseUrl: provider.url },
        groq: { baseUrl: provider.url },
        chat: { baseUrl: provider.url, auth: 'none' },
      },
    },
    ports: () => ({
      keys: {
        async find(sha256) {
          const name = ids.get(sha256);
          const rules = name === 'lim' ? { rules: { limits: { tpm: 3000 } } } : {};
          return name === undefined ? undefined : virtualKeyOf({ id: `key_0000_${name}`, name, ...rules });
        },
      },
    }),
  });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  const of = (name: string) => new OpenAI({ apiKey: `sk-${name}`, baseURL: `${rig.url}/v1`, maxRetries: 0 });
  return { provider, rig, ann: of('ann'), bob: of('bob') };
}

const kept: Script = ({ path, body }, reply) => {
  if (body.stream) {
    startStream(reply);
    return void reply.end(streamed);
  }
  if (path.includes('/input_items')) return sendJson(reply, 200, { object: 'list', data: [], has_more: false });
  if (body.background) return sendJson(reply, 200, queued);
  sendJson(reply, 200, done);
};

test('what a caller asked for is read, listed, cancelled and forgotten at the provider that made it', async () => {
  const { ann, provider, rig } = await open(kept);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  expect(provider.asked[0]).toMatchObject({ path: '/responses', body: { model: 'gpt-5', input: 'hi' } });
  expect(await ann.responses.retrieve(ID, { include: ['reasoning.encrypted_content'] })).toMatchObject({ id: ID });
  expect(provider.asked[1]?.path).toBe(`/responses/${ID}?include%5B%5D=reasoning.encrypted_content`);
  expect(provider.asked[1]?.headers.authorization).toBe('Bearer key-of-OPENAI_API_KEY');
  expect((await ann.responses.inputItems.list(ID, { limit: 5 })).data).toEqual([]);
  expect(await ann.responses.cancel(ID)).toMatchObject({ id: ID });
  await ann.responses.delete(ID);
  expect(provider.asked.slice(2).map(({ path }) => path)).toEqual([
    `/responses/${ID}/input_items?limit=5`,
    `/responses/${ID}/cancel`,
    `/responses/${ID}`,
  ]);
  await expect(ann.responses.retrieve(ID)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await rig.records(6);
  const used = rig.requests.map(({ usage }) => (usage ? usage.input + usage.output : 0));
  expect(used).toEqual([123, 0, 0, 0, 0, 0]);
});

test('another key gets 404 for it, and cannot go on from it', async () => {
  const { ann, bob, provider } = await open(kept);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  await expect(bob.responses.retrieve(ID)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(bob.responses.delete(ID)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  const stolen = bob.responses.create({ model: 'openai/gpt-5', input: 'on', previous_response_id: ID });
  await expect(stolen).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  expect(provider.asked).toHaveLength(1);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'on', previous_response_id: ID });
  expect(provider.asked[1]?.body).toMatchObject({ previous_response_id: ID });
});

test('one cannot go on from it at another provider, nor where nothing is kept', async () => {
  const { ann, provider } = await open(kept);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  for (const model of ['other/gpt-5', 'groq/m', 'chat/m']) {
    const asked = ann.responses.create({ model, input: 'on', previous_response_id: ID });
    await expect(asked).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  }
  expect(provider.asked).toHaveLength(1);
});

test('a streamed answer can be read as soon as its last event is there; one that is not stored cannot', async () => {
  const { ann, provider } = await open(kept);
  const stream = await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', stream: true });
  for await (const event of stream) {
    if (event.type === 'response.completed') expect(await ann.responses.retrieve(ID)).toMatchObject({ id: ID });
  }
  await ann.responses.delete(ID);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', store: false });
  await expect(ann.responses.retrieve(ID)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  expect(provider.asked).toHaveLength(4);
});

test('what is made in the background is counted once, when it is first read whole', async () => {
  const { ann, rig } = await open(({ path, body }, reply, position) => {
    if (path === '/responses') return kept({ path, body, headers: {}, text: '' }, reply, position);
    sendJson(reply, 200, position < 2 ? queued : done);
  });
  const begun = await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', background: true });
  expect(begun.status).toBe('queued');
  expect((await ann.responses.retrieve(ID)).status).toBe('queued');
  expect((await ann.responses.retrieve(ID)).status).toBe('completed');
  await ann.responses.retrieve(ID);
  await rig.records(4);
  expect(rig.requests.map(({ usage }) => usage?.output ?? 0)).toEqual([0, 0, 87, 0]);
});

test('a stream that is read again passes, and is counted only where it was not before', async () => {
  const { ann, rig, provider } = await open(({ path, body }, reply, position) => {
    if (path === '/responses') return kept({ path, body, headers: {}, text: '' }, reply, position);
    startStream(reply);
    reply.end(streamed);
  });
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', background: true });
  for (const _ of [1, 2]) {
    const stream = await ann.responses.retrieve(ID, { stream: true, starting_after: 0 });
    const types = [];
    for await (const { type } of stream) types.push(type);
    expect(types.at(-1)).toBe('response.completed');
  }
  expect(provider.asked[1]?.path).toBe(`/responses/${ID}?stream=true&starting_after=0`);
  await rig.records(3);
  expect(rig.requests.map(({ usage }) => usage?.output ?? 0)).toEqual([0, 87, 0]);
});

test.each(['resp_none', '..', '%2e%2e%2fmodels', `r${'x'.repeat(300)}`, 'a/b/c', 'é'])(
  'the id %s is nobody’s, and no provider is asked',
  async (id) => {
    const { provider, rig } = await open(kept);
    const headers = { authorization: 'Bearer sk-ann' };
    const answer = await fetch(`${rig.url}/v1/responses/${id}`, { headers });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
    expect(provider.asked).toEqual([]);
  },
);

test('of a query only what the vendor knows goes on', async () => {
  const { ann, provider, rig } = await open(kept);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  const headers = { authorization: 'Bearer sk-ann' };
  const read = (query: string) => fetch(`${rig.url}/v1/responses/${ID}?${query}`, { headers });
  expect((await read('api-version=2025-03-01&key=sk-1&include[]=a.b&limit=5')).status).toBe(200);
  expect(provider.asked[1]?.path).toBe(`/responses/${ID}?include%5B%5D=a.b&limit=5`);
  expect((await read(`after=${'x'.repeat(2000)}`)).status).toBe(400);
  expect(provider.asked).toHaveLength(2);
});

test('tokens are counted by the provider, for what goes on from an answer of the caller’s own too', async () => {
  const { ann, bob, provider, rig } = await open((asked, reply, position) => {
    if (!asked.path.endsWith('/input_tokens')) return kept(asked, reply, position);
    sendJson(reply, 200, { object: 'response.input_tokens', input_tokens: 77 });
  });
  const counted = await ann.responses.inputTokens.count({ model: 'openai/gpt-5', input: 'hi' });
  expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: 77 });
  expect(provider.asked[0]).toMatchObject({ path: '/responses/input_tokens', body: { model: 'gpt-5', input: 'hi' } });
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  const on = { model: 'openai/gpt-5', previous_response_id: ID };
  expect((await ann.responses.inputTokens.count(on)).input_tokens).toBe(77);
  await expect(bob.responses.inputTokens.count(on)).rejects.toMatchObject({ code: 'previous_response_not_found' });
  expect(provider.asked).toHaveLength(3);
  await rig.records(1);
  expect(rig.requests).toHaveLength(1);
});

test('where nobody counts, tokens are estimated, and it is said', async () => {
  const { rig } = await open((_, reply) => sendJson(reply, 404, { error: { message: 'no such page' } }));
  for (const model of ['chat/m', 'openai/gpt-5']) {
    const answer = await rig.post({ model, input: 'x'.repeat(400) }, {}, '/v1/responses/input_tokens');
    expect(answer.headers.get('x-sluice-estimated')).toBe('true');
    expect(((await answer.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(50);
  }
  const empty = await rig.post({ model: 'chat/m' }, {}, '/v1/responses/input_tokens');
  expect(await empty.json()).toMatchObject({ error: { param: 'input', code: 'missing_required_parameter' } });
});

test('what is made in the background and streamed is counted when it is read, where its caller left', async () => {
  const { ann, rig } = await open(async (asked, reply) => {
    if (asked.path !== '/responses') return sendJson(reply, 200, done);
    startStream(reply);
    reply.write(sse([created, ...messageEvents(['Hi'], 0).slice(0, 3)]));
  });
  const controller = new AbortController();
  const asked = { model: 'openai/gpt-5', input: 'hi', background: true, stream: true } as const;
  const stream = await ann.responses.create(asked, { signal: controller.signal });
  for await (const { type } of stream) if (type === 'response.output_item.added') break;
  controller.abort();
  await rig.records(1);
  await ann.responses.retrieve(ID);
  await ann.responses.retrieve(ID);
  await rig.records(3);
  expect(rig.requests.map(({ usage }) => usage?.output ?? 0).slice(1)).toEqual([87, 0]);
});

test('one that was streamed to its end is not counted again', async () => {
  const { ann, rig } = await open(kept);
  const stream = await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', background: true, stream: true });
  for await (const { type } of stream) expect(type).toMatch(/^response\./);
  await ann.responses.retrieve(ID);
  await ann.responses.delete(ID);
  await rig.records(3);
  expect(rig.requests.map(({ usage }) => usage?.output ?? 0)).toEqual([87, 0, 0]);
});

test('one that was never read cannot be deleted, nor gone on from', async () => {
  const { ann, provider } = await open((asked, reply, position) =>
    asked.path === '/responses' ? kept(asked, reply, position) : sendJson(reply, 200, done),
  );
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', background: true });
  await expect(ann.responses.delete(ID)).rejects.toMatchObject({ status: 409 });
  const on = { model: 'openai/gpt-5', input: 'on', previous_response_id: ID };
  await expect(ann.responses.create(on)).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  expect(provider.asked).toHaveLength(1);
  await ann.responses.retrieve(ID);
  await ann.responses.create(on);
  await ann.responses.delete(ID);
});

test('a stream that is read in part counts what was seen, and its whole when that is read', async () => {
  const { ann, rig } = await open((asked, reply, position) => {
    if (asked.path === '/responses') return kept(asked, reply, position);
    if (!asked.path.includes('stream=true')) return sendJson(reply, 200, done);
    startStream(reply);
    reply.write(sse([created, ...messageEvents(['x'.repeat(4000)], 0).slice(0, 3)]));
  });
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi', background: true });
  const controller = new AbortController();
  const stream = await ann.responses.retrieve(ID, { stream: true }, { signal: controller.signal });
  for await (const { type } of stream) if (type === 'response.output_text.delta') break;
  controller.abort();
  await rig.records(2);
  await ann.responses.retrieve(ID);
  await rig.records(3);
  expect(rig.requests[1]?.usage).toMatchObject({ output: 1000, estimated: true });
  expect(rig.requests[2]?.usage).toMatchObject({ output: 87 });
});

test('what was reserved for an answer in the background stays taken', async () => {
  const { rig } = await open(kept);
  const ask = (max: number) =>
    fetch(`${rig.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-lim', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-5', input: 'hi', background: true, max_output_tokens: max }),
    }).then(({ status }) => status);
  expect([await ask(2000), await ask(2000)]).toEqual([200, 429]);
});

test('a conversation is summed up by the provider that can, else by the model itself', async () => {
  const item = { id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAA' };
  const { rig, provider } = await open((asked, reply, position) => {
    if (!asked.path.endsWith('/compact')) return kept(asked, reply, position);
    sendJson(reply, 200, { id: 'resp_c', object: 'response.compaction', created_at: 1, output: [item], usage });
  });
  for (const model of ['openai/gpt-5', 'groq/m']) {
    const answer = await rig.post({ model, input: 'hi' }, {}, '/v1/responses/compact');
    const { output } = (await answer.json()) as { output: { type: string }[] };
    expect(output.map(({ type }) => type)).toEqual(['compaction']);
  }
  expect(provider.asked.map(({ path }) => path)).toEqual(['/responses/compact', '/responses']);
});

test('what goes on from a kept answer needs no input of its own', async () => {
  const { ann, provider } = await open(kept);
  await ann.responses.create({ model: 'openai/gpt-5', input: 'hi' });
  await ann.responses.create({ model: 'openai/gpt-5', previous_response_id: ID });
  await ann.responses.create({ model: 'openai/gpt-5', conversation: 'conv_1' });
  expect(provider.asked.slice(1).map(({ body }) => Object.keys(body))).toEqual([
    ['model', 'previous_response_id'],
    ['model', 'conversation'],
  ]);
});
