import { describe, expect, test } from 'vitest';
import type { Rules } from '../../../../shared/catalog/rules.ts';
import { virtualKeyOf } from '../../../support/callers.ts';
import { openDirect, type Reply } from '../../../support/direct.ts';
import { last, sse } from '../wire.ts';

const definition = {
  providers: {
    gemini: { baseUrl: 'http://127.0.0.1:9/v1beta' },
    p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
  },
  models: { fast: 'gemini/gemini-2.5-flash', other: 'p/o' },
};
const body = { contents: [{ parts: [{ text: 'hi' }] }] };
const headers = { authorization: '', 'x-goog-api-key': 'sk-ann' };
const path = '/v1beta/models/fast:generateContent';

/** The gateway for a virtual key of these rules, in front of Gemini. */
function open(rules: Rules, reply: () => Reply | Promise<Reply> = () => ({ json: last([{ text: 'ok' }]) })) {
  const direct = openDirect({
    definition,
    reply,
    ports: () => ({ keys: { find: async () => virtualKeyOf({ rules }) } }),
  });
  const ask = (extra: object = {}, at = path) => direct.call(at, { headers, body: { ...body, ...extra } });
  return { ...direct, ask };
}

describe('the rules of a key', () => {
  test('bound the answer where the caller says its own bound, on the way by bytes too', async () => {
    const { ask, asked } = open({ maxTokens: 20 });
    expect((await ask({ generation_config: { max_output_tokens: 500, topK: 1 } })).status).toBe(200);
    expect(JSON.parse(asked[0]!.text)).toEqual({ ...body, generation_config: { max_output_tokens: 20, topK: 1 } });
    await ask();
    expect(JSON.parse(asked[1]!.text)).toEqual({ ...body, generationConfig: { maxOutputTokens: 20 } });
  });

  test('say which models there are, in the list and at every path', async () => {
    const { ask, call, asked } = open({ models: ['fast'] });
    const listed = await call('/v1beta/models', { method: 'GET', headers });
    expect(JSON.parse(listed.text).models.map(({ name }: { name: string }) => name)).toEqual(['models/fast']);
    for (const action of ['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent']) {
      const answered = await ask({ content: { parts: [{ text: 'a' }] } }, `/v1beta/models/other:${action}`);
      expect([action, answered.status, JSON.parse(answered.text).error.status]).toEqual([action, 404, 'NOT_FOUND']);
    }
    expect(asked).toEqual([]);
  });

  test('take no word of a conversation, and no second name of its model, for another model', async () => {
    const { ask } = open({ models: ['fast'] });
    const parts = [{ functionCall: { name: 'f', args: { model: 'x', fallbacks: ['y'] } } }];
    expect((await ask({ contents: [{ role: 'model', parts }] })).status).toBe(200);
    const whole = { generateContentRequest: { model: 'models/fast', contents: [] } };
    expect((await ask(whole, '/v1beta/models/fast:countTokens')).status).toBe(200);
    const requests = [{ model: 'models/fast', content: { parts: [{ text: 'a' }] } }];
    const vectors = open({ models: ['fast'] }, () => ({ json: { embeddings: [{ values: [1] }] } }));
    expect((await vectors.ask({ requests }, '/v1beta/models/fast:batchEmbedContents')).status).toBe(200);
  });

  test('let no second spelling carry another model into a count', async () => {
    const { ask, asked } = open({ models: ['fast'] });
    const count = (body: object) => ask(body, '/v1beta/models/fast:countTokens');
    const mine = { model: 'models/fast', contents: [] };
    const other = { model: 'models/other', contents: [] };
    for (const both of [
      { generateContentRequest: mine, generate_content_request: other },
      { generate_content_request: mine, generateContentRequest: other },
      { generateContentRequest: null, generate_content_request: other },
      { generateContentRequest: other, _generateContentRequest: other },
    ]) {
      const { status, text } = await count(both);
      expect([status, text]).toEqual([400, expect.stringContaining('in two spellings')]);
    }
    expect(asked).toEqual([]);
    for (const name of ['generateContentRequest', 'generate_content_request']) {
      expect((await count({ contents: undefined, [name]: other })).status).toBe(200);
      expect(JSON.parse(asked.at(-1)!.text)).toEqual({ [name]: { ...other, model: 'models/gemini-2.5-flash' } });
    }
  });

  test('limit requests, with the time to wait in the details', async () => {
    const { ask } = open({ limits: { rpm: 1 } });
    expect((await ask()).status).toBe(200);
    const { status, text, headers: answered } = await ask();
    const { error } = JSON.parse(text);
    expect([status, error.code, error.status]).toEqual([429, 429, 'RESOURCE_EXHAUSTED']);
    expect(error.details[0]).toMatchObject({ retryDelay: expect.stringMatching(/^\d+s$/) });
    expect(answered['x-ratelimit-limit-requests']).toBe('1');
  });
});

describe('a stream whose provider is silent for long', () => {
  const late = async (query: string, pieces: readonly (string | Error)[]) => {
    const begun = Promise.withResolvers<void>();
    const direct = openDirect({
      definition: { ...definition, stream: { commitAfterMs: 1_000, keepAliveMs: 500 } },
      reply: async () => {
        await begun.promise;
        return { stream: pieces };
      },
    });
    const answering = direct.call('/v1beta/models/p%2Fo:streamGenerateContent', {
      query,
      // A field that the provider does not take, and would be reported in a header.
      body: { ...body, safetySettings: [{ category: 'c' }] },
    });
    await direct.time.advance(1_500);
    begun.resolve();
    return answering;
  };
  const chunk = { id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] };
  const well = [`data: ${JSON.stringify(chunk)}\n\n`, 'data: [DONE]\n\n'];

  test('has nothing in it but empty lines and events', async () => {
    const { text, headers: answered } = await late('alt=sse', well);
    expect(answered['content-type']).toMatch(/^text\/event-stream/);
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('data: '))).toEqual([]);
    expect(text).toContain('"text":"Hi"');
  });

  test.each([
    ['well', well],
    ['with an error', [well[0]!, new Error('broken')]],
    ['with an error at once', [new Error('broken')]],
  ])('is one JSON text as a list that ends %s', async (_, pieces) => {
    const { text, headers: answered } = await late('', pieces);
    expect(answered['content-type']).toMatch(/^application\/json/);
    const last = (JSON.parse(text) as { error?: object; candidates?: object[] }[]).at(-1)!;
    expect(last.error !== undefined).toBe(pieces.some((piece) => piece instanceof Error));
  });
});

test('an event of the provider that says an error ends the stream with one error in Google’s shape', async () => {
  const error = { error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } };
  const stream = [sse(last([{ text: 'a' }], undefined as never)).toString(), `data: ${JSON.stringify(error)}\r\n\r\n`];
  const direct = openDirect({ definition, reply: () => ({ stream }) });
  const { text } = await direct.call('/v1beta/models/fast:streamGenerateContent', { query: 'alt=sse', body });
  expect(text.match(/"error"/g)?.length).toBe(1);
  expect(
    JSON.parse(
      text
        .trim()
        .split(/\r?\n\r?\n/)
        .at(-1)!
        .slice(6),
    ),
  ).toMatchObject({ error: { code: 503 } });
});
