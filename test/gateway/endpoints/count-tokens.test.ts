import { describe, expect, test } from 'vitest';
import { type Asked, openDirect, type Reply } from '../../support/direct.ts';

const path = '/v1/messages/count_tokens';
const body = { model: 'claude/m', messages: [{ role: 'user', content: 'hi there' }], max_tokens: 9, stream: true };
const definition = {
  providers: {
    claude: { preset: 'anthropic', auth: 'none' },
    p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
  },
};
const open = (reply: Reply) => openDirect({ definition, reply: () => reply });

test("a provider of the caller's dialect is asked for the count, without what counts do not take", async () => {
  const { call, asked, records } = open({ json: { input_tokens: 12 } });
  const { text, headers } = await call(path, { body, headers: { 'anthropic-version': '2023-06-01' } });
  expect(JSON.parse(text)).toEqual({ input_tokens: 12 });
  expect(headers).not.toHaveProperty('x-sluice-estimated');
  expect(asked[0]?.url).toContain('/count_tokens');
  expect(JSON.parse(asked[0]!.text)).toEqual({ model: 'm', messages: body.messages });
  expect(records).toEqual([]);
});

test.each<[string, string, Reply]>([
  ['a provider of another dialect', 'p/m', {}],
  ['a provider that refuses', 'claude/m', { status: 500, json: {} }],
  ['a provider that answers something else', 'claude/m', { json: [] }],
])('#92 with %s the count is estimated and says so', async (_, model, reply) => {
  const { call } = open(reply);
  const { status, text, headers } = await call(path, { body: { ...body, model } });
  expect([status, headers['x-sluice-estimated']]).toEqual([200, 'true']);
  expect(JSON.parse(text).input_tokens).toBeGreaterThan(0);
});

describe('a provider of another dialect that can count', () => {
  const conversation = {
    system: 'Be brief.',
    tools: [{ name: 'f', description: 'Looks', input_schema: { type: 'object', properties: {} } }],
    messages: [{ role: 'user', content: 'hi there' }],
    max_tokens: 9,
    temperature: 0.5,
    stream: true,
  };
  const counting = {
    providers: {
      gemini: { preset: 'gemini', auth: 'none' },
      vertex: { preset: 'vertex', auth: 'none', parameters: { project: 'ours' } },
      bedrock: { preset: 'bedrock', auth: 'bearer' },
    },
  };
  const count = async (model: string, reply: (asked: Asked) => Reply, more: object = {}) => {
    const { call, asked, records } = openDirect({ definition: counting, reply });
    const { status, headers, text } = await call(path, { body: { ...conversation, model, ...more } });
    const sent = asked.map(({ url, text: body }) => ({
      path: decodeURIComponent(new URL(url).pathname),
      body: JSON.parse(body),
    }));
    return {
      status,
      isEstimate: headers['x-sluice-estimated'] === 'true',
      tokens: JSON.parse(text).input_tokens,
      sent,
      records,
    };
  };

  const contents = [{ role: 'user', parts: [{ text: 'hi there' }] }];
  const systemInstruction = { parts: [{ text: 'Be brief.' }] };

  test('what is counted is what would be sent: without tools that the model cannot have beside the others', async () => {
    const search = { type: 'web_search_20250305', name: 'web_search' };
    const f = { name: 'f', input_schema: { type: 'object', properties: {} } };
    const { sent } = await count('gemini/gemini-3-pro', () => ({ json: { totalTokens: 31 } }), { tools: [f, search] });
    expect(sent[0]!.body.generateContentRequest.tools).toEqual([
      { functionDeclarations: [expect.objectContaining({ name: 'f' })] },
    ]);
  });

  test('Gemini counts a whole request with its model in it', async () => {
    const { tokens, isEstimate, sent, records } = await count('gemini/gemini-3-pro', () => ({
      json: { totalTokens: 31 },
    }));
    expect([tokens, isEstimate]).toEqual([31, false]);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.path).toBe('/v1beta/models/gemini-3-pro:countTokens');
    expect(Object.keys(sent[0]!.body)).toEqual(['generateContentRequest']);
    expect(sent[0]!.body.generateContentRequest).toMatchObject({
      model: 'models/gemini-3-pro',
      contents,
      systemInstruction,
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
    });
    expect(records).toEqual([]);
  });

  test('Vertex AI counts the fields of the request', async () => {
    const { tokens, sent } = await count('vertex/gemini-3-pro', () => ({ json: { totalTokens: 32 } }));
    expect(tokens).toBe(32);
    expect(sent[0]!.path).toMatch(/\/publishers\/google\/models\/gemini-3-pro:countTokens$/);
    expect(sent[0]!.body).toMatchObject({
      contents,
      systemInstruction,
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
    });
    expect(sent[0]!.body).not.toHaveProperty('generateContentRequest');
  });

  const notFound: Reply = { status: 404, json: {} };

  test('Bedrock is asked at its endpoint in the caller’s dialect first, with the bytes of the caller', async () => {
    const { tokens, sent } = await count('bedrock/anthropic.claude-opus-4-8', () => ({ json: { input_tokens: 35 } }));
    expect(tokens).toBe(35);
    expect(sent.map((asked) => asked.path)).toEqual(['/anthropic/v1/messages/count_tokens']);
    expect(sent[0]!.body).toMatchObject({ messages: conversation.messages, tools: conversation.tools });
  });

  test('Bedrock counts a Converse request, without the fields that have no tokens, for the model behind a profile', async () => {
    const { tokens, isEstimate, sent } = await count('bedrock/us.anthropic.claude-sonnet-4-5-v1:0', ({ url }) =>
      url.includes('/anthropic/') ? notFound : { json: { inputTokens: 33 } },
    );
    expect([tokens, isEstimate]).toEqual([33, false]);
    expect(sent.filter((asked) => !asked.path.startsWith('/anthropic/'))).toEqual([
      {
        path: '/model/anthropic.claude-sonnet-4-5-v1:0/count-tokens',
        body: {
          input: {
            converse: {
              messages: [{ role: 'user', content: [{ text: 'hi there' }] }],
              system: [{ text: 'Be brief.' }],
              toolConfig: { tools: [{ toolSpec: expect.objectContaining({ name: 'f' }) }] },
            },
          },
        },
      },
    ]);
  });

  test('Bedrock is asked by the id of the profile where the model has no other', async () => {
    const { tokens, sent } = await count('bedrock/eu.anthropic.claude-opus-4-8', ({ url }) =>
      url.includes('eu.anthropic')
        ? { json: { inputTokens: 34 } }
        : { status: 400, json: { message: 'no such model' } },
    );
    expect(tokens).toBe(34);
    expect(sent.map((asked) => asked.path).slice(-2)).toEqual([
      '/model/anthropic.claude-opus-4-8/count-tokens',
      '/model/eu.anthropic.claude-opus-4-8/count-tokens',
    ]);
  });

  test.each<[string, string, Reply, object, number]>([
    ['Gemini fails', 'gemini/m', { status: 500, json: {} }, {}, 1],
    ['Gemini answers something else', 'gemini/m', { json: { totalTokens: 'many' } }, {}, 1],
    [
      'Bedrock cannot count for a model',
      'bedrock/amazon.nova-lite-v1:0',
      { status: 400, json: { message: 'no' } },
      {},
      1,
    ],
    ['Bedrock is busy', 'bedrock/us.amazon.nova-lite-v1:0', { status: 429, json: {} }, {}, 1],
    [
      'an image is given by an address that Bedrock takes none of',
      'bedrock/amazon.nova-lite-v1:0',
      { json: { inputTokens: 1 } },
      {
        messages: [
          { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://a.test/i.png' } }] },
        ],
      },
      0,
    ],
    ['the request is malformed', 'gemini/m', { json: { totalTokens: 1 } }, { messages: [{ role: 'nobody' }] }, 0],
  ])('where %s, the count is estimated and says so', async (_, model, reply, more, calls) => {
    const { status, isEstimate, tokens, sent } = await count(model, () => reply, more);
    expect([status, isEstimate, sent.length]).toEqual([200, true, calls]);
    expect(tokens).toBeGreaterThan(0);
  });
});

test('an unknown model is refused', async () => {
  expect((await open({}).call(path, { body: { ...body, model: 'unknown' } })).status).toBe(404);
});
