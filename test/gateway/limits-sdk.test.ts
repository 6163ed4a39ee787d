import { createHash } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRates } from '../../shared/accounting/limits/rates.ts';
import { toItem } from '../../shared/aws/attributes.ts';
import { groupPartition } from '../../shared/aws/groups.ts';
import { keyPartition } from '../../shared/aws/keys.ts';
import { createScopes } from '../../shared/aws/scopes.ts';
import type { Rules } from '../../shared/catalog/rules.ts';
import {
  asksUsage,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../support/provider.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { startTableProxy } from '../support/table-proxy.ts';

/** The official clients at each limit: real sockets, a real table. */
const vectorsReply = {
  object: 'list',
  model: 'm',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
};
let provider: TestProvider;
let rig: Rig;
let ids = 0;
/** Streams that have begun wait for this. */
let released = Promise.withResolvers<void>();

beforeAll(async () => {
  provider = await startProvider(async (asked, response) => {
    const said = (left: number) => ({ 'x-ratelimit-remaining-requests': String(left) });
    if (asked.body.model === 'full') return sendJson(response, 429, { error: { message: 'Slow down.' } }, said(0));
    if (asked.body.model === 'vectors') return sendJson(response, 200, vectorsReply, said(99));
    if (asked.body.model === 'checks') return sendJson(response, 200, { id: 'm', model: 'm', results: [] }, said(99));
    if (!asked.body.stream) return sendJson(response, 200, completion('ok'));
    startStream(response);
    const [role, word, ...rest] = textStream(['ok'], asksUsage(asked));
    response.write(`${role}${word}`);
    await released.promise;
    response.end(rest.join(''));
  });
  const providers = { mock: { baseUrl: `${provider.url}/v1`, auth: 'none' } };
  rig = await startRig({ definition: { providers, models: { 'gpt-a': 'mock/a', other: 'mock/b' } } });
});
afterAll(async () => {
  released.resolve();
  await rig.close();
  await provider.close();
});

async function put(pk: string, sk: string, fields: Parameters<typeof toItem>[0], at = rig): Promise<void> {
  const { client, name } = at.local.table;
  await client.send(new PutItemCommand({ TableName: name, Item: toItem({ pk, sk, v: 1, ...fields }) }));
}

/** A key of these rules, written as the administration writes it. */
async function makeKey(rules: Rules, { group, at = rig }: { group?: string; at?: Rig } = {}): Promise<string> {
  const key = `sk-sluice-${++ids}`;
  const pk = keyPartition(createHash('sha256').update(key).digest('hex'));
  const id = `key_${String(ids).padStart(8, '0')}`;
  await put(pk, 'KEY', { id, name: 'ci', revoked: false, createdAt: 1, rules: JSON.stringify(rules), group }, at);
  return key;
}

const openai = (apiKey: string, at = rig) => new OpenAI({ apiKey, baseURL: `${at.url}/v1`, maxRetries: 0 });
const anthropic = (apiKey: string) => new Anthropic({ apiKey, baseURL: rig.url, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'hi' }];
const thrown = <Kind>(work: PromiseLike<unknown>): Promise<Kind> =>
  Promise.resolve(work).then(
    () => expect.fail('it was let in'),
    (error) => error as Kind,
  );

describe('the official OpenAI client', () => {
  test('sees what remains, and its own rate limit error with the time to wait', async () => {
    const client = openai(await makeKey({ limits: { rpm: 2 } }));
    const { response } = await client.chat.completions.create({ model: 'gpt-a', messages }).withResponse();
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await client.chat.completions.create({ model: 'gpt-a', messages });
    const error = await thrown<InstanceType<typeof OpenAI.RateLimitError>>(
      client.chat.completions.create({ model: 'gpt-a', messages }),
    );
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect([error.status, error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(20);
    expect(error.headers?.get('x-ratelimit-limit-requests')).toBe('2');
  });

  test('reads what remains of its own limits and of its provider’s on every answer and refusal', async () => {
    const own = 'x-ratelimit-remaining-requests';
    const theirs = 'x-sluice-provider-ratelimit-remaining-requests';
    const [limited, free] = [openai(await makeKey({ limits: { rpm: 4 } })), openai(await makeKey({}))];
    const vectors = (client: OpenAI, model: string) =>
      client.embeddings.create({ model, input: 'hi', encoding_format: 'float' });
    const answered = await vectors(limited, 'mock/vectors').withResponse();
    expect([answered.response.headers.get(own), answered.response.headers.get(theirs)]).toEqual(['3', '99']);
    const checked = await limited.moderations.create({ model: 'mock/checks', input: 'hi' }).withResponse();
    expect([checked.response.headers.get(own), checked.response.headers.get(theirs)]).toEqual(['2', '99']);
    const refused = await thrown<InstanceType<typeof OpenAI.RateLimitError>>(vectors(limited, 'mock/full'));
    expect([refused.status, refused.headers?.get(own), refused.headers?.get(theirs)]).toEqual([429, '1', '0']);
    const unasked = await thrown<InstanceType<typeof OpenAI.APIError>>(vectors(limited, 'nobody/none'));
    expect([unasked.status, unasked.headers?.get(own), unasked.headers?.get(theirs)]).toEqual([404, '0', null]);
    const beyond = await thrown<InstanceType<typeof OpenAI.APIError>>(vectors(limited, 'mock/vectors'));
    expect([beyond.status, beyond.headers?.get(own), beyond.headers?.get(theirs)]).toEqual([429, '0', null]);
    const without = await thrown<InstanceType<typeof OpenAI.APIError>>(vectors(free, 'mock/full'));
    expect([without.headers?.get(own), without.headers?.get(theirs)]).toEqual(['0', null]);
    expect((await limited.models.list().withResponse()).response.headers.get(own)).toBe('0');
  });

  test('waits as long as the header says and gets its answer by itself', async () => {
    const key = await makeKey({ limits: { rpm: 60 } });
    const client = new OpenAI({ apiKey: key, baseURL: `${rig.url}/v1`, maxRetries: 2 });
    await Promise.all(Array.from({ length: 60 }, () => client.chat.completions.create({ model: 'gpt-a', messages })));
    const asked = provider.asked.length;
    expect((await client.chat.completions.create({ model: 'gpt-a', messages })).choices[0]?.message.content).toBe('ok');
    expect(provider.asked.length).toBe(asked + 1);
  });

  test('sees its own error for a model that is not allowed, on each of its paths', async () => {
    const client = openai(await makeKey({ models: ['gpt-*'] }));
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-a']);
    expect(await thrown(client.models.retrieve('other'))).toBeInstanceOf(OpenAI.NotFoundError);
    const error = await thrown<InstanceType<typeof OpenAI.NotFoundError>>(
      client.chat.completions.create({ model: 'other', messages }),
    );
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error.code).toBe('model_not_found');
    const responses = await thrown<InstanceType<typeof OpenAI.APIError>>(
      client.responses.create({ model: 'other', input: 'hi' }),
    );
    expect([responses.status, responses.code]).toEqual([400, 'model_not_found']);
  });

  test('sees its own error for a purpose that is not allowed', async () => {
    const client = openai(await makeKey({ purposes: ['chat'] }));
    const error = await thrown(client.embeddings.create({ model: 'gpt-a', input: 'hi' }));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
  });

  test('is refused a stream beyond the number at once, and gets one when another has ended', async () => {
    released = Promise.withResolvers();
    const client = openai(await makeKey({ limits: { concurrency: 2 } }));
    const stream = () => client.chat.completions.create({ model: 'gpt-a', messages, stream: true });
    const open = await Promise.all([stream(), stream()]);
    const error = await thrown<InstanceType<typeof OpenAI.RateLimitError>>(stream());
    expect(error.message).toContain('requests at once of this API key (limit 2)');
    released.resolve();
    for (const one of open) for await (const _ of one);
    await expect.poll(async () => thrownOrNot(stream()), { timeout: 5_000 }).toBe('let in');
  });

  test('gives its slot back when it leaves in mid-stream', async () => {
    released = Promise.withResolvers();
    const client = openai(await makeKey({ limits: { concurrency: 1 } }));
    const stream = () => client.chat.completions.create({ model: 'gpt-a', messages, stream: true });
    (await stream()).controller.abort();
    await expect.poll(async () => thrownOrNot(stream()), { timeout: 5_000 }).toBe('let in');
    released.resolve();
  });
});

/** Whether a stream was let in; it is left then. */
const thrownOrNot = (stream: PromiseLike<{ controller: AbortController }>): Promise<string> =>
  Promise.resolve(stream).then(
    ({ controller }) => {
      controller.abort();
      return 'let in';
    },
    () => 'refused',
  );

describe("Anthropic's official client", () => {
  const params = { model: 'gpt-a', max_tokens: 20, messages };

  test('sees what remains, and its own rate limit error', async () => {
    const client = anthropic(await makeKey({ limits: { rpm: 1, tpm: 5_000 } }));
    const { response } = await client.messages.create(params).withResponse();
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(response.headers.get('anthropic-ratelimit-tokens-limit')).toBe('5000');
    expect(Date.parse(response.headers.get('anthropic-ratelimit-requests-reset')!)).toBeGreaterThan(Date.now());
    const error = await thrown<InstanceType<typeof Anthropic.RateLimitError>>(client.messages.create(params));
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error.error).toMatchObject({ error: { type: 'rate_limit_error' } });
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(30);
  });

  test('sees its own error at the limit of tokens, of its key and of its group', async () => {
    await put(groupPartition('team'), 'GROUP', {
      id: 'team',
      name: 'Team',
      createdAt: 1,
      rules: JSON.stringify({ limits: { tpm: 60 } }),
    });
    const client = anthropic(await makeKey({ limits: { tpm: 1_000 } }, { group: 'team' }));
    await client.messages.create({ ...params, max_tokens: 200 });
    const error = await thrown<InstanceType<typeof Anthropic.RateLimitError>>(
      client.messages.create({ ...params, max_tokens: 200 }),
    );
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error.message).toContain("tokens per minute of the group 'team' (limit 60)");
  });

  test('sees its own errors for a model and in a stream', async () => {
    const client = anthropic(await makeKey({ models: ['gpt-*'], limits: { rpm: 1 } }));
    expect(await thrown(client.messages.create({ ...params, model: 'other' }))).toBeInstanceOf(Anthropic.NotFoundError);
    released.resolve();
    await client.messages.stream(params).finalMessage();
    expect(await thrown(client.messages.stream(params).finalMessage())).toBeInstanceOf(Anthropic.RateLimitError);
  });
});

test('what was used is settled, and a caller sees it', async () => {
  const key = await makeKey({ limits: { tpm: 10_000 } });
  const client = openai(key);
  await client.chat.completions.create({ model: 'gpt-a', messages, max_tokens: 5_000 });
  const left = async () => {
    const response = await fetch(`${rig.url}/v1/key`, { headers: { authorization: `Bearer ${key}` } });
    return ((await response.json()) as { levels: { limits: { tpm: { remaining: number } } }[] }).levels[0]!.limits.tpm
      .remaining;
  };
  await expect.poll(left).toBeGreaterThanOrEqual(9_982);
  // Records are written in batches of some tens of milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const usage = await fetch(`${rig.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } });
  expect(await usage.json()).toMatchObject({
    data: [{ model: 'gpt-a', requests: 1, tokens: { input: 11, output: 7 } }],
  });
});

test('a table that hangs holds up a request for 400 ms, and lets it in', async () => {
  const proxy = await startTableProxy(rig.local.endpoint, rig.local.table.name);
  const hanging = await startRig({
    definition: { providers: { mock: { baseUrl: `${provider.url}/v1`, auth: 'none' } } },
    table: rig.local,
    ports: ({ time, log }) => ({ rates: createRates({ scopes: createScopes(proxy.table, time), time, log }) }),
  });
  const key = await makeKey({ limits: { rpm: 5 } });
  await timed(openai(key, hanging));
  proxy.trouble = () => ({ hangs: true });
  const took = await timed(openai(await makeKey({ limits: { rpm: 1 } }), hanging));
  expect(took).toBeLessThan(1_200);
  expect(took).toBeGreaterThan(350);
  // From now on none waits.
  expect(await timed(openai(key, hanging))).toBeLessThan(400);
  expect(hanging.logged.map(({ message }) => message)).toContain(
    'limits cannot be checked: requests are let in without them',
  );
  await hanging.close();
  await proxy.close();
});

async function timed(client: OpenAI): Promise<number> {
  const since = performance.now();
  await client.chat.completions.create({ model: 'mock/a', messages });
  return performance.now() - since;
}
