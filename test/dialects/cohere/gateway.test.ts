import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson, startProvider, startStream, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';
import { citation, contentEnd, contentStart, end, start, text, weather } from './streams.ts';

/** The official SDK in front; behind, a mock that speaks Cohere in its own reading of it, and one of scripted bytes. */
let mock: LLMock;
let scripted: TestProvider;
let rig: Rig;

beforeAll(async () => {
  mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 4 });
  mock.on({ predicate: ({ messages }) => messages.at(-1)?.role === 'tool' }, { content: 'It is sunny.' });
  mock.on(
    { predicate: ({ tools }) => (tools?.length ?? 0) > 0 },
    { toolCalls: [{ name: 'weather', arguments: '{"city":"Paris"}' }] },
  );
  mock.on({ predicate: () => true }, { content: 'Hello 世界 🌍' });
  await mock.start();
  scripted = await startProvider(({ body }, response) => {
    if (body.model === 'full')
      return sendJson(response, 429, { id: '1', message: 'slow down' }, { 'retry-after': '3' });
    if (body.model === 'locked') return sendJson(response, 401, { message: 'invalid api token' });
    startStream(response);
    const cited = { start: 0, end: 5, text: 'Sunny', sources: [{ type: 'tool', id: 'weather_1:0', tool_output: {} }] };
    const streams: Record<string, string[]> = {
      cited: [start, contentStart(0), text(0, 'Sunny'), contentEnd(0), citation(0, cited), end()],
      parallel: weather,
      cut: [start, contentStart(0), text(0, 'Sun')],
      empty: [],
    };
    for (const piece of streams[String(body.model)] ?? []) response.write(piece);
    response.end();
  });
  rig = await startRig({
    definition: {
      providers: {
        cohere: { baseUrl: `${mock.url}/v2` },
        scripted: { preset: 'cohere', baseUrl: `${scripted.url}/v2` },
      },
      models: { command: 'cohere/command-a-03-2025' },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await mock.stop();
  await scripted.close();
});

const messages = [{ role: 'user' as const, content: 'Weather in Paris?' }];
const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

const stream = (model: string) => rig.openai.chat.completions.stream({ model, messages });

describe("the official openai SDK in front of Cohere's API", () => {
  test('gets an answer, whole and streamed', async () => {
    const whole = await rig.openai.chat.completions.create({ model: 'command', messages });
    expect(whole.choices[0]).toMatchObject({ message: { content: 'Hello 世界 🌍' }, finish_reason: 'stop' });
    expect((await stream('command').finalChatCompletion()).choices[0]?.message.content).toBe('Hello 世界 🌍');
  });

  test('calls a tool, whole and streamed, and sends its result', async () => {
    const whole = await rig.openai.chat.completions.create({ model: 'command', messages, tools });
    const [choice] = whole.choices;
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Paris"}' } }] },
    });
    const streamed = await rig.openai.chat.completions
      .stream({ model: 'command', messages, tools })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { arguments: '{"city":"Paris"}' } });
    const answer = await rig.openai.chat.completions.create({
      model: 'command',
      messages: [
        ...messages,
        choice!.message,
        { role: 'tool', tool_call_id: choice!.message.tool_calls![0]!.id, content: 'sunny' },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe('It is sunny.');
  });

  test('calls two tools at once, the plan as reasoning, usage as Cohere counts it', async () => {
    const final = await stream('scripted/parallel').finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'weather_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
      { id: 'clock_2', function: { name: 'clock', arguments: '{}' } },
    ]);
    await expect.poll(() => rig.requests.at(-1)?.usage).toEqual({ input: 71, output: 23, cacheRead: 16 });
    expect(scripted.asked.at(-1)).toMatchObject({
      path: '/v2/chat',
      headers: { authorization: 'Bearer key-of-COHERE_API_KEY' },
    });
  });

  test('gets citations as annotations', async () => {
    const chunks = await rig.openai.chat.completions.create({ model: 'scripted/cited', messages, stream: true });
    const annotations: unknown[] = [];
    for await (const { choices } of chunks) {
      annotations.push(...((choices[0]?.delta as { annotations?: unknown[] } | undefined)?.annotations ?? []));
    }
    expect(annotations).toEqual([
      { type: 'url_citation', url_citation: { start_index: 0, end_index: 5, title: 'weather_1:0', url: '' } },
    ]);
  });

  test('#87 is refused several answers, since there is one only', async () => {
    await expect(rig.openai.chat.completions.create({ model: 'command', messages, n: 2 })).rejects.toMatchObject({
      constructor: OpenAI.BadRequestError,
      param: 'n',
    });
  });

  test('#33 is given the time to wait, and #35 nothing of our own key', async () => {
    const limited = await rig.post({ model: 'scripted/full', messages });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    await expect(rig.openai.chat.completions.create({ model: 'scripted/locked', messages })).rejects.toMatchObject({
      status: 400,
      code: 'upstream_auth',
    });
  });

  test('#27 a stream that breaks off ends in an error, an empty one never begins', async () => {
    await expect(stream('scripted/cut').finalChatCompletion()).rejects.toThrow('before the answer was finished');
    await expect(stream('scripted/empty').finalChatCompletion()).rejects.toMatchObject({ status: 502 });
  });
});
