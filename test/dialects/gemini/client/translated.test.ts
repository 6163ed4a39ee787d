import { FunctionCallingConfigMode, ThinkingLevel } from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GeminiStage, hello, openStage } from './stage.ts';

/** What Google's clients say to providers of other dialects, and hear from them. */
let stage: GeminiStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => void stage.provider.asked.splice(0));

const chat = (message: object, finish = 'stop') => ({
  id: 'x',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 9, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 2 } },
});

describe('to providers of other dialects', () => {
  test('a model’s name may have slashes, dots and colons, encoded or not', async () => {
    stage.answer({
      body: {
        output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 1, outputTokens: 1 },
      },
    });
    const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const { text } = await stage.sdk.models.generateContent({ model: `bedrock/${model}`, contents: 'hello' });
    expect(text).toBe('Hi');
    const encoded = `/v1/models/${encodeURIComponent(`bedrock/${model}`)}:generateContent`;
    expect((await stage.plain(hello, encoded)).status).toBe(200);
    expect((await stage.plain(hello, encoded.replace(':', '%3A'))).status).toBe(200);
    expect((await stage.plain(hello, `/v1beta/models/models%2Fbedrock/${model}:generateContent`)).status).toBe(200);
    expect(new Set(stage.provider.asked.map(({ path }) => decodeURIComponent(path)))).toEqual(
      new Set([`/model/${model}/converse`]),
    );
  });

  test('all that a caller may set reaches a provider of OpenAI’s dialect', async () => {
    stage.answer({ body: chat({ content: '{"n":1}' }) });
    const { usageMetadata } = await stage.sdk.models.generateContent({
      model: 'openai/gpt-4o',
      contents: 'hello',
      config: {
        systemInstruction: 'Be brief.',
        temperature: 0.5,
        topP: 0.9,
        maxOutputTokens: 50,
        stopSequences: ['END'],
        seed: 7,
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { n: { type: 'INTEGER', nullable: true } } } as never,
        tools: [
          {
            functionDeclarations: [
              { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } as never },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['f'] } },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' } as never],
      },
    });
    expect(stage.provider.asked[0]?.body).toMatchObject({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hello' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
      response_format: {
        type: 'json_schema',
        json_schema: { schema: { type: 'object', properties: { n: { type: ['integer', 'null'] } } } },
      },
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
    });
    expect(usageMetadata).toMatchObject({
      promptTokenCount: 9,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 2,
      totalTokenCount: 14,
    });
  });

  test('what a provider has no field for is named in the answer', async () => {
    stage.answer({ body: chat({ content: 'ok' }) });
    const body =
      '{"contents":[{"parts":[{"text":"a"}]}],"safety_settings":[{"category":"C"}],"generation_config":{"top_k":3}}';
    const response = await stage.plain(body, '/v1beta/models/openai%2Fgpt-4o:generateContent');
    expect(response.headers.get('x-sluice-dropped')).toContain('safetySettings');
  });

  test('thinking and its signature survive tool calls of a chat, shown or not', async () => {
    const thinking = { type: 'thinking', thinking: 'Hm, the tool.', signature: 'sig-1' };
    const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } };
    for (const includeThoughts of [true, false]) {
      stage.provider.asked.splice(0);
      stage.answer({
        body: {
          id: 'm1',
          type: 'message',
          role: 'assistant',
          model: 'c',
          content: [thinking, call],
          stop_reason: 'tool_use',
          usage: { input_tokens: 3, output_tokens: 4 },
        },
      });
      const config = {
        thinkingConfig: { includeThoughts, thinkingLevel: ThinkingLevel.HIGH },
        tools: [{ functionDeclarations: [{ name: 'f' }] }],
      };
      const session = stage.sdk.chats.create({ model: 'clever', config });
      const { candidates } = await session.sendMessage({ message: 'go' });
      const shown = candidates![0]!.content!.parts!.filter(({ thought }) => thought);
      expect(shown.map(({ text }) => text)).toEqual(includeThoughts ? ['Hm, the tool.'] : []);
      stage.answer({
        body: {
          id: 'm2',
          type: 'message',
          role: 'assistant',
          model: 'c',
          content: [{ type: 'text', text: 'done' }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 3, output_tokens: 4 },
        },
      });
      const response = { id: 'toolu_1', name: 'f', response: { error: 'no such thing' } };
      await session.sendMessage({ message: [{ functionResponse: response }] });
      const { messages } = stage.provider.asked[1]!.body as { messages: { content: object[] }[] };
      expect(messages[1]?.content).toEqual([thinking, call]);
      expect(messages[2]?.content).toMatchObject([{ type: 'tool_result', tool_use_id: 'toolu_1', is_error: true }]);
    }
  });

  test('the same over streams, whose pieces come back as contents of their own', async () => {
    const events = [
      {
        type: 'message_start',
        message: { id: 'm1', model: 'c', role: 'assistant', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm, ' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'a tool.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig-2' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Let me ' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'see.' } },
      { type: 'content_block_stop', index: 1 },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'toolu_2', name: 'f', input: {} },
      },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '1}' } },
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 40 } },
      { type: 'message_stop' },
    ];
    stage.answer({ body: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('') });
    const config = { thinkingConfig: { includeThoughts: true }, tools: [{ functionDeclarations: [{ name: 'f' }] }] };
    const session = stage.sdk.chats.create({ model: 'clever', config });
    const chunks = [];
    for await (const chunk of await session.sendMessageStream({ message: 'go' })) chunks.push(chunk);
    expect(chunks.flatMap((chunk) => chunk.functionCalls ?? [])).toEqual([
      { id: 'toolu_2', name: 'f', args: { a: 1 } },
    ]);
    expect(chunks.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 40 },
    });
    expect(chunks.slice(0, -1).some(({ candidates }) => candidates?.[0]?.finishReason)).toBe(false);
    stage.answer({
      body: events
        .slice(0, 1)
        .concat(events.slice(-2))
        .map((event) => `data: ${JSON.stringify(event)}\n\n`)
        .join(''),
    });
    const response = { id: 'toolu_2', name: 'f', response: { result: [1, 2] } };
    for await (const chunk of await session.sendMessageStream({ message: [{ functionResponse: response }] }))
      chunks.push(chunk);
    const { messages } = stage.provider.asked[1]!.body as { messages: { content: object[] }[] };
    expect(messages[1]?.content).toEqual([
      { type: 'thinking', thinking: 'Hm, a tool.', signature: 'sig-2' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', id: 'toolu_2', name: 'f', input: { a: 1 } },
    ]);
    expect(messages[2]?.content).toMatchObject([{ type: 'tool_result', content: [{ text: '[1,2]' }] }]);
  });

  test('a stream that breaks ends with an error that the SDK throws, in events and in a list', async () => {
    const chunk = { id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'Hi' } }] };
    stage.answer({ body: `data: ${JSON.stringify(chunk)}\n\n` });
    const reading = async () => {
      for await (const _ of await stage.sdk.models.generateContentStream({ model: 'openai/gpt-4o', contents: 'a' }));
    };
    await expect(reading()).rejects.toMatchObject({ name: 'ApiError', status: 502 });
    const list = await stage.plain(hello, '/v1beta/models/openai%2Fgpt-4o:streamGenerateContent');
    const items = (await list.json()) as { error?: { code: number; status: string } }[];
    expect(items.at(-1)?.error).toMatchObject({ code: 502, status: 'UNAVAILABLE' });
    expect(items.length).toBe(2);
  });

  test('what the provider is silent about is estimated', async () => {
    const response = await stage.plain(hello, '/v1beta/models/clever:countTokens');
    expect(response.headers.get('x-sluice-estimated')).toBe('true');
    expect(((await response.json()) as { totalTokens: number }).totalTokens).toBeGreaterThan(1);
    expect(stage.provider.asked).toEqual([]);
  });

  test('a conversation that is kept at Google cannot be answered by another vendor', async () => {
    const body = `${hello.slice(0, -1)},"cachedContent":"cachedContents/1"}`;
    const response = await stage.plain(body, '/v1beta/models/clever:generateContent');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('cachedContent');
  });
});
