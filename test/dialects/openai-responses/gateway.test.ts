import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunk, sendJson, startProvider, startStream, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';
import { created, messageEvents, response, sse, turn, turnOutput, type Wire } from './wire.ts';

/** Both sides of the dialect in a whole gateway: the official client in front, scripted bytes behind. */
let provider: TestProvider;
let rig: Rig;

const streams: Record<string, string> = {
  turn: sse(turn),
  cut: sse([created, ...messageEvents(['half'], 0)]),
  failed: sse([
    created,
    ...messageEvents(['half'], 0),
    { type: 'error', code: 'server_error', message: 'oh, sk-proj-abcdefgh12345678', param: null },
  ] as Wire[]),
  empty: '',
  chat: `${chunk({ content: 'Hi' })}${chunk({}, 'stop')}data: [DONE]\n\n`,
  'chat-cut': chunk({ role: 'assistant', content: 'Hi' }),
};

beforeAll(async () => {
  provider = await startProvider(({ body }, reply) => {
    const model = String(body.model);
    if (model === 'locked') return sendJson(reply, 401, { error: { message: 'bad key sk-proj-abcdefgh12345678' } });
    if (model === 'full') return sendJson(reply, 429, { error: { message: 'Slow down.' } }, { 'retry-after': '3' });
    if (!body.stream) return sendJson(reply, 200, response({ output: turnOutput }));
    startStream(reply);
    reply.end(streams[model]);
  });
  rig = await startRig({
    definition: {
      providers: {
        native: { preset: 'openai-responses', baseUrl: provider.url },
        chat: { preset: 'openai-compatible', baseUrl: provider.url, auth: 'none' },
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const streamed = (model: string) => rig.openai.responses.stream({ model, input: 'hi' }).finalResponse();
const messages = [{ role: 'user' as const, content: 'hi' }];

describe('Responses in the gateway', () => {
  test('on the short road the provider’s bytes pass, in both directions', async () => {
    const asked = { model: 'native/turn', input: 'hi', stream: true, unheard_of: 1 };
    const given = await rig.post(asked, {}, '/v1/responses');
    expect(await given.text()).toBe(streams.turn);
    expect(provider.asked.at(-1)?.body).toEqual({ ...asked, model: 'turn' });
  });

  test('#93 stored state is a 400 that names the field, where the provider keeps nothing', async () => {
    const refused = rig.openai.responses.create({ model: 'chat/m', input: 'hi', previous_response_id: 'resp_1' });
    await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(refused).rejects.toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' });
    const reply = await rig.openai.responses.stream({ model: 'chat/chat', input: 'hi', store: true }).finalResponse();
    expect(reply).toMatchObject({ store: false });
  });

  test('chat callers reach models that speak nothing else, whole and streamed', async () => {
    const whole = await rig.openai.chat.completions.create({ model: 'native/turn', messages });
    const final = await rig.openai.chat.completions.stream({ model: 'native/turn', messages }).finalChatCompletion();
    for (const { choices, usage } of [whole, final]) {
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: { content: 'Grüße 世界 👋', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
      });
      if (usage) expect(usage).toMatchObject({ prompt_tokens: 36, completion_tokens: 87 });
    }
    expect(provider.asked.at(-1)?.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
  });

  test('Responses callers reach models of another dialect', async () => {
    const final = await rig.openai.responses
      .stream({ model: 'chat/chat', input: 'hi', instructions: 'Be brief.' })
      .finalResponse();
    expect(final).toMatchObject({ status: 'completed', output_text: 'Hi', instructions: 'Be brief.', store: false });
  });

  test.each(['native/cut', 'native/failed', 'chat/chat-cut'])(
    '#27 #30 %s breaks off: error and failed response follow with the next numbers, and no key is shown',
    async (model) => {
      const given = await (await rig.post({ model, input: 'hi', stream: true }, {}, '/v1/responses')).text();
      const events = given
        .split('\n')
        .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, position) => position));
      expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
      expect(events.at(-1).response).toMatchObject({ id: events[0].response.id, status: 'failed' });
      expect(given).not.toContain('sk-proj');
      await expect(streamed(model)).rejects.toThrow();
    },
  );

  test('#35 #33 a refused key is a 400, a rate limit stays one with its time, an empty stream is a 502', async () => {
    await expect(streamed('native/locked')).rejects.toMatchObject({ status: 400, code: 'upstream_auth' });
    await expect(streamed('native/empty')).rejects.toMatchObject({ status: 502 });
    const full = await rig.post({ model: 'native/full', input: 'hi' }, {}, '/v1/responses');
    expect([full.status, full.headers.get('retry-after')]).toEqual([429, '3']);
  });
});
