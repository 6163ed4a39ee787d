import { expect, onTestFinished, test } from 'vitest';
import { chunk, type Script, sendJson, sleep, startProvider, startStream } from '../../support/provider.ts';
import { startRig } from '../../support/rig.ts';

async function open(script: Script, definition: (url: string) => object) {
  const provider = await startProvider(script);
  const rig = await startRig({ definition: definition(provider.url) });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  return { rig, provider };
}

const hi = [{ role: 'user', content: 'hi' }];

test('where A refuses with 429 and B fails with 500, the record names A with its rate limit, and each line its own error', async () => {
  const { rig } = await open(
    ({ path }, response) => sendJson(response, path.startsWith('/a/') ? 429 : 500, { error: { message: 'no' } }),
    (url) => ({
      providers: { a: { baseUrl: `${url}/a`, auth: 'none' }, b: { baseUrl: `${url}/b`, auth: 'none' } },
      models: { both: ['a/one', 'b/two'] },
    }),
  );
  const response = await rig.post({ model: 'both', messages: hi });
  expect(response.status).toBe(429);
  await response.text();
  await rig.records(1);
  expect(rig.requests).toMatchObject([
    {
      status: 429,
      error: 'rate_limited',
      provider: 'a',
      model: 'one',
      attempts: [
        { provider: 'a', model: 'one', error: 'rate_limited' },
        { provider: 'b', model: 'two', error: 'upstream' },
      ],
    },
  ]);
});

test.each([
  ['the same dialect', {}],
  ['a translation', { alternation: 'strict' }],
])('an error inside a stream keeps its status in the record though the caller then hangs up: %s', async (_, traits) => {
  const { rig } = await open(
    async (_, response) => {
      startStream(response);
      response.write(chunk({ role: 'assistant', content: 'one' }));
      await sleep(20);
      response.write('data: {"error":{"message":"overloaded","code":503}}\n\n');
      // The connection stays open: only the error says that the answer is over.
    },
    (url) => ({ providers: { p: { baseUrl: url, auth: 'none', traits } } }),
  );
  const leaving = new AbortController();
  const response = await fetch(`${rig.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rig.openai.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'p/m', messages: [{ role: 'assistant', content: 'x' }, ...hi], stream: true }),
    signal: leaving.signal,
  });
  let text = '';
  for await (const piece of response.body!) {
    text += Buffer.from(piece).toString();
    if (text.includes('error')) break;
  }
  leaving.abort();
  await rig.records(1);
  expect(rig.requests).toMatchObject([
    { status: 503, error: 'overloaded', provider: 'p', attempts: [{ error: 'overloaded' }] },
  ]);
});

test('a caller who hangs up before any error is recorded as 499', async () => {
  const { rig } = await open(
    (_, response) => {
      startStream(response);
      response.write(chunk({ role: 'assistant', content: 'one' }));
    },
    (url) => ({ providers: { p: { baseUrl: url, auth: 'none' } } }),
  );
  const stream = await rig.openai.chat.completions.create({
    model: 'p/m',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  });
  for await (const _ of stream) break;
  stream.controller.abort();
  await rig.records(1);
  expect(rig.requests).toMatchObject([{ status: 499, error: 'caller_left', usage: { estimated: true } }]);
});
