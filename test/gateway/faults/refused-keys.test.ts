import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** The official clients ask again by themselves; where the key of the gateway is refused, that is of no use. */
let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) =>
    sendJson(response, 401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } }),
  );
  rig = await startRig({ definition: { providers: { locked: { baseUrl: `${provider.url}/v1`, secret: 'KEY' } } } });
});
afterAll(() => Promise.all([rig.close(), provider.close()]));

const messages = [{ role: 'user' as const, content: 'Hello!' }];
const openai = (): OpenAI => new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: MASTER_KEY });
const anthropic = (): Anthropic => new Anthropic({ baseURL: rig.url, authToken: MASTER_KEY, apiKey: null });

test.each<[string, number, () => Promise<unknown>]>([
  ['chat', 400, () => openai().chat.completions.create({ model: 'locked/m', messages })],
  ['chat, streamed', 400, () => openai().chat.completions.create({ model: 'locked/m', messages, stream: true })],
  ['Responses', 400, () => openai().responses.create({ model: 'locked/m', input: 'Hello!' })],
  ['messages', 424, () => anthropic().messages.create({ model: 'locked/m', messages, max_tokens: 9 })],
])('the official client asks once and names the provider whose key was refused: %s', async (_name, status, ask) => {
  provider.asked.length = 0;
  await expect(ask()).rejects.toMatchObject({
    status,
    message: expect.stringContaining("The provider 'locked' refused the key"),
  });
  expect(provider.asked).toHaveLength(1);
});
