import { parseArgs } from 'node:util';

/**
 * `npm run verify -- <url> <key> [--model NAME]`: checks a running gateway from outside, as a caller sees it. Spends a few
 * tokens of the model it asks: the first of the list, unless one is named.
 */
interface Place {
  url: string;
  key: string;
  model: string;
}

type Check = (place: Place) => Promise<string>;

const question = 'Answer with the single word: ready';
const messages = [{ role: 'user', content: question }];

const checks: Readonly<Record<string, Check>> = {
  'is alive': async ({ url }) => {
    await expectStatus(await fetch(`${url}/health`), 200);
    return 'GET /health';
  },
  'is ready': async ({ url }) => {
    const response = await expectStatus(await fetch(`${url}/health/ready`), 200);
    const { checks } = (await response.json()) as { checks: Record<string, { state: string; ms: number }> };
    return Object.entries(checks)
      .map(([name, { state, ms }]) => `${name} ${state} ${ms} ms`)
      .join(', ');
  },
  'turns a wrong key away': async ({ url }) => {
    const response = await ask({ url, key: 'sk-wrong', model: 'any' }, false);
    await expectStatus(response, 401);
    return 'as 401';
  },
  'lists its models': async (place) => `${(await modelsOf(place)).length} models`,
  'refuses an unknown model': async (place) => {
    const response = await ask({ ...place, model: 'no-such-model-here' }, false);
    if (response.status === 200) return 'no: a default model is set';
    await expectStatus(response, 404);
    return 'as 404';
  },
  answers: async (place) => {
    const startedAt = performance.now();
    const response = await expectStatus(await ask(place, false), 200);
    const { choices, usage } = (await response.json()) as {
      choices: { message: { content: string } }[];
      usage: { total_tokens: number };
    };
    if (!choices[0]?.message.content) throw new Error('the answer is empty');
    return `${usage.total_tokens} tokens in ${ms(startedAt)} ms, ${response.headers.get('x-request-id')}`;
  },
  'answers callers of Responses': async (place) => {
    const body = { model: place.model, input: question, max_output_tokens: 300 };
    const response = await expectStatus(await post(place, '/v1/responses', body), 200);
    const { id, store } = (await response.json()) as { id: string; store?: boolean };
    if (!store) return 'its provider keeps no answers';
    const kept = `${place.url}/v1/responses/${id}`;
    const headers = { authorization: `Bearer ${place.key}` };
    await expectStatus(await fetch(kept, { headers }), 200);
    await expectStatus(await fetch(kept, { method: 'DELETE', headers }), 200);
    await expectStatus(await fetch(kept, { headers }), 404);
    return 'kept, read by its id and deleted';
  },
  'answers callers of Anthropic’s messages': async (place) => {
    const response = await expectStatus(
      await post(place, '/v1/messages', { model: place.model, messages, max_tokens: 300 }),
      200,
    );
    const { usage } = (await response.json()) as { usage: { input_tokens: number; output_tokens: number } };
    return `${usage.input_tokens} and ${usage.output_tokens} tokens`;
  },
  'answers callers of Gemini': async (place) => {
    const body = {
      contents: [{ role: 'user', parts: [{ text: question }] }],
      generationConfig: { maxOutputTokens: 300 },
    };
    const path = `/v1beta/models/${encodeURIComponent(place.model)}:generateContent`;
    const response = await expectStatus(await post(place, path, body), 200);
    const { usageMetadata } = (await response.json()) as { usageMetadata: { totalTokenCount: number } };
    return `${usageMetadata.totalTokenCount} tokens`;
  },
  streams: async (place) => {
    const startedAt = performance.now();
    const response = await expectStatus(await ask(place, true), 200);
    let first = 0;
    let reads = 0;
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body!) {
      first ||= ms(startedAt);
      reads += 1;
      text += decoder.decode(bytes, { stream: true });
    }
    if (!text.endsWith('data: [DONE]\n\n')) throw new Error(`the stream ends in ${JSON.stringify(text.slice(-80))}`);
    return `first byte after ${first} ms, all after ${ms(startedAt)} ms, in ${reads} reads (1 read of many events: something on the way buffers)`;
  },
};

const ask = (place: Place, stream: boolean): Promise<Response> =>
  post(place, '/v1/chat/completions', { model: place.model, messages, stream, max_tokens: 300 });

const post = ({ url, key }: Place, path: string, body: object): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function modelsOf({ url, key }: Omit<Place, 'model'>): Promise<string[]> {
  const response = await expectStatus(
    await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } }),
    200,
  );
  return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
}

async function expectStatus(response: Response, status: number): Promise<Response> {
  if (response.status === status) return response;
  throw new Error(`status ${response.status} in place of ${status}: ${(await response.text()).slice(0, 300)}`);
}

const ms = (startedAt: number): number => Math.round(performance.now() - startedAt);

async function verify(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { model: { type: 'string' } } });
  const [address, key] = positionals;
  if (!address || !key) throw new Error('Say which gateway: npm run verify -- <url> <key> [--model NAME]');
  const url = address.replace(/\/+$/, '').replace(/\/v1$/, '');
  const model = values.model ?? (await modelsOf({ url, key }))[0];
  if (!model) throw new Error('The gateway lists no model; name one with --model');
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      console.log(`ok    ${name}: ${await check({ url, key, model })}`);
    } catch (thrown) {
      failed += 1;
      console.log(`FAIL  ${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }
  console.log(
    failed === 0
      ? `\nThe gateway at ${url} works, asked for ${model}.`
      : `\n${failed} of ${Object.keys(checks).length} failed.`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await verify();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}
