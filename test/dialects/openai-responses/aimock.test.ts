import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChatReply, collectReply } from '../../../shared/chat/reply.ts';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { ask } from './asking.ts';
import { openaiResponses as dialect } from './held.ts';
import { context } from './wire.ts';

/** A server of other makers that speaks Responses: what we write it takes, what it answers we read. */
let mock: LLMock;
beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 3 });
  mock.onMessage('words', { content: 'Grüße aus Köln 👋' });
  mock.onMessage('thinking', { content: 'So.', reasoning: 'Let me see.' });
  mock.onMessage('calls', {
    toolCalls: [
      { name: 'weather', arguments: '{"city":"Köln"}', id: 'call_a' },
      { name: 'weather', arguments: '{"city":"世界"}', id: 'call_b' },
    ],
  });
  mock.onMessage('limit', {
    error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    status: 429,
  });
  await mock.start();
});
afterAll(() => mock.stop());

async function post(text: string, stream: boolean) {
  const request: ChatRequest = {
    ...ask({ stream, tools: [{ kind: 'function', name: 'weather', schema: { type: 'object', properties: {} } }] }),
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  };
  const { body, headers } = dialect.writeRequest(request, { model: 'gpt-5', traits: {} });
  return fetch(`${mock.url}/v1${dialect.path({ model: 'gpt-5', stream })}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: 'Bearer k' },
    body: Buffer.from(body),
  });
}

async function streamed(text: string) {
  const reader = dialect.streamReader(context);
  const framer = sseFramer();
  const frames = [...framer.push(Buffer.from(await (await post(text, true)).arrayBuffer())), ...framer.end()];
  return collectReply([...frames.flatMap(({ event }) => (event ? reader.read(event) : [])), ...reader.end()]);
}

const whole = async (text: string) =>
  dialect.readReply((await (await post(text, false)).json()) as JsonObject, context);

/** Its signatures are random; all else is the same each time. */
function withoutSeals({ choices }: ChatReply) {
  const [choice] = choices;
  return choice?.parts.flatMap((part): object[] => {
    if (part.type !== 'thinking') return [part];
    expect(part.signature).toMatchObject({ issuer: 'openai', id: expect.stringMatching(/^rs/) });
    return part.text === '' ? [] : [{ type: part.type, text: part.text }];
  });
}

const city = (id: string, name: string) => ({
  type: 'tool-call',
  id,
  name: 'weather',
  arguments: `{"city":"${name}"}`,
});

test.each([
  ['words', [{ type: 'text', text: 'Grüße aus Köln 👋' }], 'stop'],
  [
    'thinking',
    [
      { type: 'thinking', text: 'Let me see.' },
      { type: 'text', text: 'So.' },
    ],
    'stop',
  ],
  ['calls', [city('call_a', 'Köln'), city('call_b', '世界')], 'tool-calls'],
])('another maker’s server gives %s streamed and whole alike', async (text, parts, finish) => {
  for (const reply of [await streamed(text), await whole(text)]) {
    expect(withoutSeals(reply)).toEqual(parts);
    expect(reply.choices[0]?.finish).toBe(finish);
    expect(reply.usage).toBeDefined();
  }
});

test('#33 its 429 is a rate limit', async () => {
  const refused = await post('limit', true);
  expect(refused.status).toBe(429);
  expect(dialect.readError(refused.status, await refused.json(), {})).toMatchObject({
    kind: 'rate_limited',
    message: 'Slow down.',
  });
});
