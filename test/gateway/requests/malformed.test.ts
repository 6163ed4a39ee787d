import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Whatever is sent, the gateway answers with its envelope and lives on. */
let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider(({ body }, response) => {
    if (body.stream !== true) return sendJson(response, 200, completion('ok'));
    startStream(response);
    response.end(textStream(['ok'], true).join(''));
  });
  const traits = { developerAsSystem: true, thinkingHistory: 'strip' };
  rig = await startRig({
    definition: {
      providers: {
        mock: { baseUrl: provider.url, auth: 'none' },
        long: { baseUrl: provider.url, auth: 'none', traits },
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

/** A request in which every field that we know is used; `model` sends it down the long road as well. */
const valid = {
  model: 'long/m',
  messages: [
    { role: 'developer', content: [{ type: 'text', text: 'be brief' }] },
    { role: 'system', content: 'sys', name: 'owner' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
      ],
    },
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'calling' }],
      refusal: null,
      reasoning_content: 'hm',
      thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }],
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'c2', type: 'custom', custom: { name: 'g', input: 'x' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'r1' }] },
    { role: 'tool', tool_call_id: 'c2', content: 'r2' },
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
    { role: 'function', name: 'f', content: 'r3' },
    { role: 'user', content: 'and?' },
  ],
  stream: true,
  stream_options: { include_usage: true },
  max_tokens: 10,
  max_completion_tokens: 10,
  temperature: 0.5,
  top_p: 0.9,
  frequency_penalty: 0,
  presence_penalty: 0,
  seed: 1,
  stop: ['\n'],
  n: 1,
  logprobs: true,
  top_logprobs: 2,
  logit_bias: { '50256': -100 },
  tools: [
    { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
    { type: 'custom', custom: { name: 'g', description: 'd' } },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  functions: [{ name: 'f', parameters: {} }],
  function_call: 'auto',
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
  reasoning_effort: 'low',
  user: 'u',
  service_tier: 'auto',
  store: false,
  metadata: { a: 'b' },
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))];
}

function withValue(value: unknown, [step, ...rest]: Path, next: unknown): unknown {
  if (step === undefined) return next;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  copy[step] = withValue(copy[step], rest, next);
  return copy;
}

const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'text',
    0,
    -1,
    1.5,
    1e308,
    [],
    {},
    [[]],
    [null],
    { type: 'text' },
    { a: { b: [] } },
    '\ud800',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** 4xx in the envelope, or an answer: nothing else may come. */
async function expectEnvelope(response: Response): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  expect(response.headers.get('x-request-id')).toMatch(/^req_/);
  if (response.status === 200) return;
  const { error } = JSON.parse(text);
  expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
  expect(typeof error.message).toBe('string');
  expect(error.message.length).toBeGreaterThan(5);
}

const settings = { numRuns: 700, endOnFailure: true };

describe('2,000 requests that are wrong', () => {
  test('the valid one is right', async () => {
    const response = await rig.post(valid);
    expect(await response.text()).toContain('[DONE]');
    expect(response.status).toBe(200);
  });

  test('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => expectEnvelope(await rig.post(bytes))),
      settings,
    );
  });

  test('random JSON', async () => {
    const known = fc.dictionary(fc.constantFrom(...Object.keys(valid)), wrong);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), known), async (value) => expectEnvelope(await rig.post(value))),
      settings,
    );
  });

  test('wrong types at every path of a valid request, on both roads', async () => {
    const paths = pathsOf(valid);
    const place = fc.constantFrom(...paths);
    await fc.assert(
      fc.asyncProperty(place, wrong, fc.constantFrom('long/m', 'mock/m'), async (path, value, model) => {
        await expectEnvelope(await rig.post(withValue({ ...valid, model }, path, value)));
      }),
      settings,
    );
    for (const path of paths) {
      for (const value of [null, 7, 'x', [], {}]) await expectEnvelope(await rig.post(withValue(valid, path, value)));
    }
  });

  test('and the gateway still serves', async () => {
    expect(
      (await rig.openai.chat.completions.create({ model: 'mock/m', messages: [{ role: 'user', content: 'Hi' }] }))
        .choices.length,
    ).toBe(1);
    expect(rig.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a wrong request is answered with the field at fault', () => {
  test.each<[string, unknown, string, RegExp | string]>([
    ['no messages', { model: 'mock/m' }, 'messages', "Missing required parameter: 'messages'."],
    [
      'empty messages',
      { model: 'mock/m', messages: [] },
      'messages',
      /empty array\. Expected an array with minimum length 1/,
    ],
    ['no model', { messages: [{ role: 'user', content: 'x' }] }, 'model', /Missing required parameter/],
    [
      'a role that does not exist',
      { model: 'mock/m', messages: [{ role: 'boss', content: 'x' }] },
      'messages[0].role',
      /Invalid/,
    ],
    [
      'a number for content',
      { model: 'mock/m', messages: [{ role: 'user', content: 5 }] },
      'messages[0].content',
      /Invalid/,
    ],
    [
      'an image without its url',
      { model: 'mock/m', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0].image_url.url',
      /Missing/,
    ],
    [
      'a temperature in words',
      { model: 'mock/m', temperature: 'hot', messages: [{ role: 'user', content: 'x' }] },
      'temperature',
      /Invalid 'temperature'/,
    ],
    [
      'a negative bound',
      { model: 'mock/m', max_tokens: -1, messages: [{ role: 'user', content: 'x' }] },
      'max_tokens',
      /Invalid 'max_tokens'/,
    ],
    [
      'stream options without a stream',
      { model: 'mock/m', stream_options: {}, messages: [{ role: 'user', content: 'x' }] },
      'stream_options',
      /only allowed/,
    ],
  ])('%s', async (_, body, param, message) => {
    const response = await rig.post(body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { param: string; message: string; type: string } };
    expect(error.param).toBe(param);
    expect(error.message).toMatch(message);
    expect(error.type).toBe('invalid_request_error');
    expect(response.headers.get('x-should-retry')).toBe('false');
  });
});
