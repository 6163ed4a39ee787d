import { execFile } from 'node:child_process';
import path from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SampleBusinessApi, startSampleBusinessApi } from '../../../infra/local/sample-business-api.ts';
import { sendJson, sleep, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** The official SDK in front, the sample business API and a broken one behind. */
let sample: SampleBusinessApi;
let broken: TestProvider;
let rig: Rig;

beforeAll(async () => {
  sample = await startSampleBusinessApi();
  broken = await startProvider(async ({ body }, response) => {
    const { model } = body.model_info as { model: string };
    if (model === 'error-200') return sendJson(response, 200, { error: { message: 'the ledger is closed' } });
    if (model === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hi</html>');
    if (model === 'empty') return sendJson(response, 200, { data: { answer: '' } });
    if (model === 'nothing') return void response.writeHead(200).end();
    if (model === 'unsaid') return void response.writeHead(200).end(JSON.stringify({ data: { answer: 'unsaid' } }));
    if (model === 'slow') return void (await sleep(2000).then(() => sendJson(response, 200, {})));
    sendJson(response, model === 'bad' ? 400 : 500, { error: 'no' });
  });
  const own = { preset: 'business', baseUrl: broken.url, timeouts: { firstEventMs: 200, totalMs: 300 } };
  rig = await startRig({
    definition: {
      providers: {
        business: { baseUrl: sample.url },
        broken: own,
        forgiving: { ...own, traits: { fallbackText: 'Please ask again later.' } },
      },
      models: { 'business-demo': 'business/demo', backed: ['forgiving/500', 'business/demo'] },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await sample.stop();
  await broken.close();
});

const messages = [{ role: 'user' as const, content: 'Where is the invoice?' }];
const ask = (model: string) => rig.openai.chat.completions.create({ model, messages });

async function streamed(model: string): Promise<string> {
  const stream = await rig.openai.chat.completions.create({ model, messages, stream: true });
  let text = '';
  for await (const piece of stream) text += piece.choices[0]?.delta.content ?? '';
  return text;
}

const answer =
  'The sample business API was asked: “Where is the invoice?”. Its answer is made up, and nothing was paid.';

describe('the official openai SDK in front of the business API', () => {
  test('gets an answer, whole and streamed', async () => {
    const whole = await ask('business-demo');
    expect(whole.choices[0]).toMatchObject({ message: { content: answer }, finish_reason: 'stop' });
    expect(await streamed('business-demo')).toBe(answer);
    const helper = rig.openai.chat.completions.stream({ model: 'business-demo', messages });
    expect((await helper.finalChatCompletion()).choices[0]?.message.content).toBe(answer);
  });

  test('a conversation is one query, and usage is recorded as estimated', async () => {
    const turns = [{ role: 'system' as const, content: 'Be brief.' }, ...messages];
    const reply = await rig.openai.chat.completions.create({ model: 'business-demo', messages: turns });
    expect(reply.choices[0]?.message.content).toBe(answer);
    await expect.poll(() => rig.requests.at(-1)?.usage).toEqual({ input: 8, output: 27, estimated: true });
  });

  test('tools and images are refused with 400', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'f' } }];
    await expect(rig.openai.chat.completions.create({ model: 'business-demo', messages, tools })).rejects.toMatchObject(
      { constructor: OpenAI.BadRequestError, param: 'tools' },
    );
    const content = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }];
    await expect(
      rig.openai.chat.completions.create({ model: 'business-demo', messages: [{ role: 'user', content }] }),
    ).rejects.toMatchObject({ constructor: OpenAI.BadRequestError, param: 'messages[0].content[0]' });
  });

  test('an answer that does not say what it is is read for a stream as well', async () => {
    expect(await streamed('broken/unsaid')).toBe('unsaid');
    expect((await ask('broken/unsaid')).choices[0]?.message.content).toBe('unsaid');
  });

  test.each([
    ['error-200', 502],
    ['html', 502],
    ['empty', 502],
    ['nothing', 502],
    ['500', 502],
    ['slow', 504],
    ['bad', 400],
  ])('#95 what fails as %s is answered with status %i, whole and streamed', async (model, status) => {
    await expect(ask(`broken/${model}`)).rejects.toMatchObject({ status });
    await expect(streamed(`broken/${model}`)).rejects.toMatchObject({ status });
  });

  test('#95 its own words about an error come through', async () => {
    await expect(ask('broken/error-200')).rejects.toThrow('the ledger is closed');
  });
});

describe("the owner's words for an API that fails", () => {
  test.each(['error-200', 'html', 'empty', '500', 'slow'])(
    'answer in its place (%s), and the record says why',
    async (model) => {
      const whole = await ask(`forgiving/${model}`);
      expect(whole.choices[0]).toMatchObject({
        message: { content: 'Please ask again later.' },
        finish_reason: 'stop',
      });
      expect(await streamed(`forgiving/${model}`)).toBe('Please ask again later.');
      await expect.poll(() => rig.requests.at(-1)).toMatchObject({ streamed: true, status: 200, model });
      expect(['upstream', 'timeout']).toContain(rig.requests.at(-1)?.error);
    },
  );

  test('do not hide what the caller did wrong', async () => {
    await expect(ask('forgiving/bad')).rejects.toMatchObject({ status: 400 });
  });

  test('come after all other targets', async () => {
    expect((await ask('backed')).choices[0]?.message.content).toBe(answer);
  });
});

describe('the sample business API', () => {
  test('is healthy, and refuses what is no question', async () => {
    expect(await (await fetch(`${sample.url}/health`)).json()).toEqual({ status: 'ok' });
    const post = (body: string) => fetch(`${sample.url}/api/process`, { method: 'POST', body });
    expect((await post('{}')).status).toBe(400);
    expect((await post('nonsense')).status).toBe(400);
    expect((await fetch(`${sample.url}/api/other`)).status).toBe(404);
  });

  test('starts alone', async () => {
    const file = path.join(import.meta.dirname, '../../../infra/local/sample-business-api.ts');
    const child = execFile(process.execPath, [file, '--port', '0']);
    try {
      const [line] = await new Promise<string[]>((resolve) =>
        child.stdout!.once('data', (text) => resolve([String(text)])),
      );
      const url = /http:\S+/.exec(line!)![0];
      expect((await fetch(`${url}/health`)).status).toBe(200);
    } finally {
      child.kill();
    }
  });
});
