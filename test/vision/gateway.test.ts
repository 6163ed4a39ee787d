import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { dataUrl, definitionOf, messagesOf, openStage, png, type Stage, textOf, wordsFor } from './stage.ts';

/** A model that cannot see answers about images, through the official SDKs. */
let stage: Stage;
let rig: Rig;

beforeAll(async () => {
  stage = await openStage();
  rig = await startRig({ definition: definitionOf(stage) });
});
afterAll(async () => {
  await rig.close();
  await stage.close();
});
beforeEach(() => {
  stage.eyes.asked.length = 0;
  stage.mind.asked.length = 0;
  stage.images.asked.length = 0;
});

const tool = (name: string) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties: { q: { type: 'string' } } } },
});
const tools = [tool('look_up'), tool('write_down')];

const image = (url: string) => ({ type: 'image_url' as const, image_url: { url } });

describe('the official openai SDK, with two images and two tools for a model that does not see', () => {
  const inline = png('inline');
  const away = png('away');
  const messages = (): OpenAI.ChatCompletionMessageParam[] => [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Compare these two.' },
        image(dataUrl(inline)),
        image(`http://${stage.images.host}/away.png`),
      ],
    },
  ];

  test('the model gets both descriptions and the tools, and calls one', async () => {
    stage.images.serve.set('/away.png', away);
    const { data, response } = await rig.openai.chat.completions
      .create({ model: 'thinker', messages: messages(), tools })
      .withResponse();
    expect(data.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'look_up' } });
    expect(data.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
    expect(response.headers.get('x-sluice-vision')).toBe('hits=0,misses=2');
    expect(stage.eyes.asked).toHaveLength(2);
    expect(textOf(stage.eyes.asked[0]!)).toContain('Compare these two.');

    const [asked] = stage.mind.asked;
    expect(asked?.body.tools).toEqual(tools);
    expect(JSON.stringify(asked?.body)).not.toContain('image_url');
    const text = textOf(asked!);
    expect(text).toContain(wordsFor(inline));
    expect(text).toContain(wordsFor(away));
    expect(text.search(/<image-description-[0-9a-f]{16} number="1">/)).toBeLessThan(text.indexOf(wordsFor(inline)));
    expect(text.indexOf(wordsFor(inline))).toBeLessThan(text.search(/<image-description-[0-9a-f]{16} number="2">/));

    const requestId = response.headers.get('x-request-id');
    const [record, ...more] = (await rig.records(1)).filter((record) => record.requestId === requestId);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ purpose: 'chat', inputTokens: 11, model: 'text-1', attempts: 3 });
    const lines = JSON.parse(String(record?.lines));
    const seen = { purpose: 'vision', provider: 'eyes', model: 'vision-1', usage: { input: 11, output: 7 } };
    expect(lines).toMatchObject([seen, seen, { purpose: 'answer', model: 'text-1', usage: { input: 11 } }]);
    expect(rig.requests.find((logged) => logged.requestId === requestId)?.attempts).toEqual(lines);
  });

  const nextTurn = (): OpenAI.ChatCompletionMessageParam[] => [
    ...messages(),
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"q":"x"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'Found.' },
  ];

  test('the next turn with the same images costs no vision call and no fetch, and has the same words', async () => {
    const { data, response } = await rig.openai.chat.completions
      .create({ model: 'thinker', messages: nextTurn(), tools })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe('I read it.');
    expect(response.headers.get('x-sluice-vision')).toBe('hits=2,misses=0');
    expect(stage.eyes.asked).toEqual([]);
    expect(stage.images.asked).toEqual([]);
    expect(textOf(stage.mind.asked[0]!)).toContain(wordsFor(away));
  });

  test('nor does it in a new process over the same table', async () => {
    const other = await startRig({ definition: definitionOf(stage), table: rig.local });
    const { response } = await other.openai.chat.completions
      .create({ model: 'thinker', messages: nextTurn(), tools })
      .withResponse();
    expect(response.headers.get('x-sluice-vision')).toBe('hits=2,misses=0');
    expect(stage.eyes.asked).toEqual([]);
    await other.close();
  });

  test('a stream has the same text, and reports where the descriptions came from', async () => {
    const { data, response } = await rig.openai.chat.completions
      .create({ model: 'thinker', messages: messages(), tools, stream: true, stream_options: { include_usage: true } })
      .withResponse();
    let call = '';
    for await (const { choices } of data) call += choices[0]?.delta.tool_calls?.[0]?.function?.name ?? '';
    expect(call).toBe('look_up');
    expect(response.headers.get('x-sluice-vision')).toBe('hits=2,misses=0');
  });
});

describe("Anthropic's official SDK", () => {
  const shot = png('screenshot');
  const params = (): Anthropic.MessageCreateParamsNonStreaming => ({
    model: 'thinker',
    max_tokens: 100,
    messages: [
      { role: 'user', content: 'What is on the screen?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'screenshot', input: {} }] },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [
              { type: 'text', text: 'Here it is.' },
              {
                type: 'image',
                source: { type: 'base64', media_type: 'image/png', data: shot.toString('base64') },
              },
            ],
          },
        ],
      },
    ],
    tools: [{ name: 'screenshot', input_schema: { type: 'object' } }],
  });

  test('an image inside a tool result becomes words inside that result', async () => {
    const client = new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0 });
    const { data, response } = await client.messages.create(params()).withResponse();
    expect(data.content).toMatchObject([{ type: 'text', text: 'I read it.' }]);
    expect(data.usage).toMatchObject({ input_tokens: 11, output_tokens: 7 });
    expect(response.headers.get('x-sluice-vision')).toBe('hits=0,misses=1');
    const result = messagesOf(stage.mind.asked[0]!).find(({ role }) => role === 'tool');
    expect(JSON.stringify(result)).toContain(wordsFor(shot));
    expect(JSON.stringify(stage.mind.asked[0]?.body.tools)).toContain('screenshot');
    expect(textOf(stage.eyes.asked[0]!)).toContain('What is on the screen?');
  });

  test('so it does in a stream', async () => {
    const client = new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0 });
    const stream = client.messages.stream(params());
    const { response } = await stream.withResponse();
    expect(await stream.finalText()).toBe('I read it.');
    expect(response.headers.get('x-sluice-vision')).toBe('hits=1,misses=0');
    expect(stage.eyes.asked).toEqual([]);
  });
});

test('an image inside a document of blocks is described too', async () => {
  const source = { type: 'base64', media_type: 'image/png', data: png('in a document').toString('base64') };
  const document = { type: 'document', source: { type: 'content', content: [{ type: 'image', source }] } };
  const body = { model: 'thinker', max_tokens: 9, messages: [{ role: 'user', content: [document] }] };
  const response = await rig.post(body, { 'anthropic-version': '2023-06-01' }, '/v1/messages');
  expect(response.status).toBe(200);
  expect(textOf(stage.mind.asked[0]!)).toContain(wordsFor(png('in a document')));
});

test('an image of a Responses request is described, in a message and in the output of a call', async () => {
  const [first, second] = [png('r1'), png('r2')];
  const response = await rig.openai.responses.create({
    model: 'thinker',
    input: [
      { role: 'user', content: [{ type: 'input_image', image_url: dataUrl(first), detail: 'auto' }] },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'call_1',
        output: [{ type: 'input_image', image_url: dataUrl(second), detail: 'auto' }],
      },
    ],
  });
  expect(response.output_text).toBe('I read it.');
  expect(textOf(stage.mind.asked[0]!)).toContain(wordsFor(first));
  expect(textOf(stage.mind.asked[0]!)).toContain(wordsFor(second));
});

test('a text-only request never touches the describer, and its bytes pass as they came', async () => {
  const body = `{"model":"thinker", "messages":[{"role":"user","content":"Hi"}] , "x_unknown":1.50}`;
  const response = await rig.post(body);
  expect(response.headers.get('x-sluice-vision')).toBeNull();
  expect(stage.eyes.asked).toEqual([]);
  expect(stage.mind.asked[0]?.text).toContain('"x_unknown":1.50');
});
