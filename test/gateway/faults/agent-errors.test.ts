import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** Sentences of the vendor's that Claude Code acts upon: it must read them as they were written. */
const sentences: readonly (readonly [string, string])[] = [
  ['fewer betas are tried', 'thinking.0.display: Extra inputs are not permitted'],
  ['fewer betas are tried', 'context_management: Extra inputs are not permitted'],
  ['fewer betas are tried', 'tools.3.custom.defer_loading: Extra inputs are not permitted'],
  ['fewer betas are tried', 'Unexpected value(s) `brand-new-2027-01-01` for the `anthropic-beta` header.'],
  ['instructions move into the user’s turn', "messages.1.role: Input should be 'user' or 'assistant'"],
  ['instructions move into the user’s turn', "role 'system' is not supported on this model"],
  ['the conversation is compacted', 'prompt is too long: 250000 tokens > 200000 maximum'],
  ['it asks for fewer tokens', 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000'],
  ['thinking is left out', 'messages.1.content.0: Invalid `signature` in `thinking` block'],
  [
    'thinking is left out',
    'messages.3.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns.',
  ],
  [
    'the call is answered',
    'messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01A09q90qw90lq917835lq9',
  ],
  [
    'images are made smaller',
    'messages.4.content.1.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels',
  ],
];

let provider: TestProvider;
let rig: Rig;
let message = '';

beforeAll(async () => {
  provider = await startProvider((_, response) =>
    sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_v' }),
  );
  rig = await startRig({ definition: { providers: { vendor: { preset: 'anthropic', baseUrl: provider.url } } } });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const asked = {
  model: 'vendor/claude-opus-5',
  max_tokens: 32_000,
  messages: [{ role: 'user' as const, content: 'hi' }],
};

describe.each(sentences)('where %s by the sentence “%s”', (_, sentence) => {
  test.each([true, false])('it reaches the caller as it was written, stream: %s', async (stream) => {
    message = sentence;
    const before = provider.asked.length;
    const reply = await rig.post({ ...asked, stream }, { 'anthropic-version': '2023-06-01' }, '/v1/messages?beta=true');
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: sentence },
      request_id: reply.headers.get('request-id'),
    });
    expect(provider.asked.length - before).toBe(1);
  });

  test('the official client throws it as a bad request, without another try', async () => {
    message = sentence;
    const before = provider.asked.length;
    const client = new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url });
    const thrown = await client.messages.create({ ...asked, max_tokens: 99 }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Anthropic.BadRequestError);
    expect(thrown).toMatchObject({
      status: 400,
      error: { error: { type: 'invalid_request_error', message: sentence } },
    });
    expect(provider.asked.length - before).toBe(1);
  });
});

test('more tokens than the model can answer with, at which Claude Code gives up, are never asked for', async () => {
  message = 'unused';
  await rig.post({ ...asked, model: 'vendor/claude-3-5-haiku-20241022' }, {}, '/v1/messages');
  expect(provider.asked.at(-1)!.body.max_tokens).toBe(8192);
});
