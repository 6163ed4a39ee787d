import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptLine } from '../../../shared/accounting/record.ts';
import { completion, type Script, sendJson, startProvider, startStream } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** What is owed where a provider has the request, and neither answers nor refuses. */
async function open(script: Script, timeoutMs = 10_000) {
  const provider = await startProvider(script);
  const settings = { auth: 'none', timeouts: { firstEventMs: timeoutMs, replyMs: timeoutMs } };
  const rig = await startRig({
    definition: {
      providers: {
        p: { ...settings, baseUrl: `${provider.url}/p` },
        q: { ...settings, baseUrl: `${provider.url}/q` },
        closed: { ...settings, baseUrl: 'http://127.0.0.1:9' },
      },
      models: { both: ['p/m', 'q/m'] },
    },
  });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  return rig;
}

const messages = [{ role: 'user', content: 'word '.repeat(800) }];
const input = expect.toSatisfy((tokens: number) => tokens >= 1_000 && tokens < 1_030);
const owed = { input, output: 0, estimated: true };

async function linesOf(rig: Rig): Promise<AttemptLine[]> {
  await rig.records(1);
  return (rig.requests[0] as unknown as { attempts: AttemptLine[] }).attempts;
}

const leave = ({ openai }: Rig, body: object, signal: AbortSignal) =>
  fetch(`${openai.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${openai.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
    .then((response) => response.text())
    .catch(() => {});

const nothing = (): void => {};
const endless = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};

test.each<[string, boolean, (response: ServerResponse) => void]>([
  ['before an answer begins', false, nothing],
  ['before a stream begins', true, nothing],
  ['before the first event of a stream', true, (response) => startStream(response)],
  ['within a whole answer', false, endless],
])('the input, where the caller leaves %s', async (_, stream, begin) => {
  const leaving = new AbortController();
  const rig = await open((_asked, response) => {
    begin(response);
    setTimeout(() => leaving.abort(), 30);
  });
  await leave(rig, { model: 'p/m', messages, stream }, leaving.signal);
  expect(await linesOf(rig)).toMatchObject([{ error: 'caller_left', usage: owed }]);
  expect(rig.requests).toMatchObject([{ status: 499, usage: owed }]);
});

test.each<[string, boolean, Script]>([
  ['does not answer in time', false, nothing],
  ['begins no stream in time', true, (_, response) => startStream(response)],
  ['closes the connection', false, (_, response) => void response.destroy()],
  [
    'breaks off within its answer',
    false,
    (_, response) => {
      endless(response);
      setTimeout(() => response.destroy(), 20);
    },
  ],
])('the input, where a provider %s; and what another then answers has a line of its own', async (_, stream, script) => {
  const rig = await open((asked, response, position) => {
    if (asked.path.startsWith('/p/')) return script(asked, response, position);
    sendJson(response, 200, completion('ok', { usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } }));
  }, 200);
  expect((await rig.post({ model: 'both', messages, stream })).status).toBe(200);
  expect(await linesOf(rig)).toMatchObject([
    { provider: 'p', usage: owed },
    { provider: 'q', usage: { input: 7, output: 2 } },
  ]);
});

test.each<[string, string, Script]>([
  ['refuses', 'p/m', (_, response) => sendJson(response, 503, { error: { message: 'busy' } })],
  [
    'refuses in its stream',
    'p/m',
    (_, response) => {
      startStream(response);
      response.end('data: {"error":{"message":"busy","code":503}}\n\n');
    },
  ],
  ['cannot be reached', 'closed/m', nothing],
])('nothing, where a provider %s', async (_, model, script) => {
  const rig = await open(script);
  await (await rig.post({ model, messages, stream: true })).text();
  const [line] = await linesOf(rig);
  expect(line).toHaveProperty('error');
  expect(line).not.toHaveProperty('usage');
});

test('for media what it is to a model, not a token for every four bytes', async () => {
  const leaving = new AbortController();
  const rig = await open(() => void setTimeout(() => leaving.abort(), 30));
  const url = `data:image/png;base64,${'QUJD'.repeat(50_000)}`;
  const content = [{ type: 'image_url', image_url: { url } }];
  const body = { model: 'p/m', messages: [{ role: 'user', content }] };
  await leave(rig, body, leaving.signal);
  const [line] = await linesOf(rig);
  expect(line?.usage?.input).toBeLessThan(3_000);
  expect(line?.usage?.input).toBeGreaterThan(100);
});
