import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { vertex } from '../../../shared/providers/clouds/vertex.ts';
import { gemini as geminiApi } from '../../../shared/providers/global/gemini.ts';
import { gemini } from './held.ts';
import { context, tool, user } from './wire.ts';

/** A server of Gemini's wire format that is not ours, over a socket. */
let mock: LLMock;

beforeAll(async () => {
  mock = new LLMock({ port: 0 });
  mock.on({ userMessage: 'hello' }, { content: 'Hello 世界' });
  mock.on(
    { userMessage: 'weather' },
    {
      toolCalls: [
        { name: 'weather', arguments: '{"city":"Paris"}' },
        { name: 'clock', arguments: '{}' },
      ],
    },
  );
  mock.on({ userMessage: 'limit' }, { error: { message: 'slow down', type: 'RESOURCE_EXHAUSTED' }, status: 429 });
  await mock.start();
});
afterAll(() => mock.stop());

const target = { model: 'gemini-2.5-flash', traits: {} };

async function post(request: ChatRequest, base: string): Promise<Response> {
  const written = gemini.writeRequest(request, target);
  return fetch(base + gemini.path({ model: target.model, stream: request.stream }), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'test', ...written.headers },
    body: Buffer.from(written.body),
  });
}

const bases = () => [
  new URL(new URL(geminiApi.baseUrl!).pathname, mock.url).href,
  mock.url + vertex.baseUrl!.replace(/^https:\/\/[^/]+/, '').replaceAll(/\{\w+\}/g, 'x'),
];
const ask = (text: string, stream: boolean): ChatRequest => ({
  model: 'fast',
  messages: [user(text)],
  stream,
  tools: [tool('weather', { type: 'object', properties: { city: { type: 'string' } } })],
});

async function answer(text: string, stream: boolean, base: string) {
  const response = await post(ask(text, stream), base);
  expect(response.status).toBe(200);
  if (!stream) return gemini.readReply((await response.json()) as Record<string, unknown>, context);
  const framer = sseFramer();
  const reader = gemini.streamReader(context);
  const events: ChatEvent[] = [];
  const read = (frames: ReturnType<typeof framer.push>) => {
    for (const { event } of frames) if (event) events.push(...reader.read(event));
  };
  for await (const bytes of response.body!) read(framer.push(bytes));
  read(framer.end());
  return collectReply([...events, ...reader.end()]);
}

test('a server of Gemini’s format understands what we ask and we understand its answers, at both paths, streamed and whole', async () => {
  for (const base of bases()) {
    for (const stream of [false, true]) {
      expect((await answer('hello', stream, base)).choices).toEqual([
        { parts: [{ type: 'text', text: 'Hello 世界' }], finish: 'stop' },
      ]);
      const { parts, finish } = (await answer('weather', stream, base)).choices[0]!;
      expect(finish).toBe('tool-calls');
      expect(parts).toMatchObject([
        { name: 'weather', arguments: '{"city":"Paris"}' },
        { name: 'clock', arguments: '{}' },
      ]);
    }
  }
});

test('its refusal is read', async () => {
  const response = await post(ask('limit', false), bases()[0]!);
  const error = gemini.readError(response.status, await response.json(), {});
  expect(error).toMatchObject({ kind: 'rate_limited', message: 'slow down' });
});
