import { describe, expect, test } from 'vitest';
import { geminiClient } from '../../../../shared/dialects/gemini/client/dialect.ts';
import { readRequest } from '../../../../shared/dialects/gemini/client/read/request.ts';
import { writeSignature } from '../../../../shared/dialects/gemini/client/signatures.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';

const url = { path: '/v1beta/models/m:generateContent', query: '' };
const user = (text: string) => ({ role: 'user', parts: [{ text }] });
const read = (body: JsonObject) => readRequest({ contents: [user('x')], ...body }, url);
const messagesOf = (...contents: object[]) => read({ contents }).messages;
const config = (generationConfig: JsonObject) => read({ generationConfig });

describe('a conversation', () => {
  test('may be written in either spelling, and with single objects for lists of one', () => {
    const request = readRequest(
      {
        system_instruction: { parts: { text: 'Be brief.' } },
        contents: { parts: [{ text: 'see' }, { inline_data: { mime_type: 'image/png', data: 'AA-_' } }] },
        generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0 } },
        tools: { function_declarations: { name: 'f', parameters: { properties: { snake_name: { type: 'STRING' } } } } },
      },
      url,
    );
    expect(request).toMatchObject({
      model: 'm',
      stream: false,
      maxTokens: 5,
      reasoning: { enabled: false },
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'see' },
            {
              type: 'image',
              source: { type: 'data', mediaType: 'image/png', data: 'AA+/' },
              at: 'contents[0].parts[1]',
            },
          ],
        },
      ],
      tools: [{ name: 'f', schema: { properties: { snake_name: { type: 'string' } } } }],
    });
  });

  test('with one field in both spellings is refused: readers disagree on which counts', () => {
    expect(() => read({ generationConfig: {}, generation_config: {} })).toThrow("'generationConfig' is there twice");
  });

  test('without ids has each result go to the first open call of its name', () => {
    const call = (name: string, args: object) => ({ functionCall: { name, args } });
    const result = (name: string, output: string) => ({ functionResponse: { name, response: { output } } });
    const messages = messagesOf(
      user('go'),
      { role: 'model', parts: [call('f', { a: 1 }), call('g', {}), call('f', { a: 2 })] },
      { role: 'user', parts: [result('g', 'G'), result('f', 'F1'), result('f', 'F2'), { text: 'so?' }] },
    );
    const [, assistant, tool, said] = messages;
    const calls = assistant?.role === 'assistant' ? assistant.parts.filter((part) => part.type === 'tool-call') : [];
    expect(calls.map(({ name, arguments: text }) => [name, text])).toEqual([
      ['f', '{"a":1}'],
      ['g', '{}'],
      ['f', '{"a":2}'],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(tool).toMatchObject({
      role: 'tool',
      results: [
        { callId: calls[1]?.id, name: 'g', parts: [{ text: 'G' }] },
        { callId: calls[0]?.id, parts: [{ text: 'F1' }] },
        { callId: calls[2]?.id, parts: [{ text: 'F2' }] },
      ],
    });
    expect(said).toEqual({ role: 'user', parts: [{ type: 'text', text: 'so?' }] });
  });

  test.each([
    [{ output: 'a' }, 'a', undefined],
    [{ result: { b: 1 } }, '{"b":1}', undefined],
    [{ error: 'no' }, 'no', true],
    [{ a: 1, output: 'b' }, '{"a":1,"output":"b"}', undefined],
    [{}, '{}', undefined],
  ])('has a result %j say %s', (response, text, isError) => {
    const [message] = messagesOf({ role: 'function', parts: [{ functionResponse: { name: 'f', response } }] });
    const result = message?.role === 'tool' ? message.results[0] : undefined;
    expect([result?.parts, result?.isError]).toEqual([[{ type: 'text', text }], isError]);
  });

  test('has pictures in results, sounds, files and addresses as what they are', () => {
    const [tool, said] = messagesOf({
      parts: [
        { functionResponse: { name: 'f', parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] } },
        { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
        { inlineData: { mimeType: 'application/pdf', data: 'AA==', displayName: 'a.pdf' } },
        { fileData: { fileUri: 'https://example.com/cat.png' } },
      ],
    });
    expect(tool).toMatchObject({ results: [{ parts: [{ type: 'text' }, { type: 'image' }] }] });
    expect(said).toMatchObject({
      parts: [
        { type: 'audio' },
        { type: 'file', name: 'a.pdf' },
        { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } },
      ],
    });
  });

  test('has thinking once: what a part carries takes the place of what was shown before it', () => {
    const thinking = { type: 'thinking', text: 'hm, well', signature: { issuer: 'anthropic', value: 's' } } as const;
    const thoughtSignature = writeSignature({ thinking: [thinking] });
    const [, message] = messagesOf(
      user('go'),
      { role: 'model', parts: [{ text: 'hm, ', thought: true }] },
      { role: 'model', parts: [{ text: 'well', thought: true }] },
      { role: 'model', parts: [{ text: 'I ', thoughtSignature }] },
      { role: 'model', parts: [{ text: 'say' }] },
    );
    expect(message).toEqual({ role: 'assistant', parts: [thinking, { type: 'text', text: 'I say' }] });
  });

  test('has Google’s own signatures on the parts they stand on', () => {
    const [message] = messagesOf({
      role: 'model',
      parts: [
        { text: 'a', thought: true },
        { text: 'b', thoughtSignature: 'c2VhbA==' },
        { text: 'c' },
        { functionCall: { id: 'i', name: 'f' }, thoughtSignature: 'b3RoZXI=' },
      ],
    });
    expect(message).toMatchObject({
      parts: [
        { type: 'thinking', text: 'a' },
        { type: 'text', text: 'b', signature: { issuer: 'gemini', value: 'c2VhbA==' } },
        { type: 'text', text: 'c' },
        { type: 'tool-call', id: 'i', arguments: '{}', signature: { issuer: 'gemini', value: 'b3RoZXI=' } },
      ],
    });
  });

  test('has parts that only Google knows under their names', () => {
    expect(messagesOf({ parts: [{ executableCode: { code: '1' } }] })).toMatchObject([
      { parts: [{ type: 'native', native: { dialect: 'gemini', fields: { type: 'executableCode' } } }] },
    ]);
  });
});

describe('what is asked beside it', () => {
  test.each([
    [{ thinkingBudget: -1 }, { enabled: true }],
    [{ thinkingBudget: 0, includeThoughts: true }, { enabled: false }],
    [{ thinkingBudget: 512 }, { enabled: true, budget: 512 }],
    [{ thinkingLevel: 'LOW' }, { enabled: true, effort: 'low' }],
    [{ includeThoughts: true }, { enabled: true }],
    [{ includeThoughts: false }, undefined],
  ])('of thinking, %j', (thinkingConfig, reasoning) => {
    expect(config({ thinkingConfig }).reasoning).toEqual(reasoning);
  });

  test.each([
    ['AUTO', undefined, { type: 'auto' }],
    ['NONE', undefined, { type: 'none' }],
    ['ANY', undefined, { type: 'required' }],
    ['ANY', ['f'], { type: 'tool', name: 'f' }],
    ['ANY', ['f', 'g'], { type: 'allowed', mode: 'required', names: ['f', 'g'] }],
    ['VALIDATED', ['f'], { type: 'allowed', mode: 'auto', names: ['f'] }],
    ['VALIDATED', undefined, { type: 'auto' }],
    ['MODE_UNSPECIFIED', undefined, undefined],
  ])('of tools, %s of %j', (mode, allowedFunctionNames, choice) => {
    const functionCallingConfig = { mode, ...(allowedFunctionNames ? { allowedFunctionNames } : {}) };
    const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }];
    expect(read({ tools, toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice);
  });

  test('of tools that Google runs, they keep their names and fields', () => {
    expect(read({ tools: [{ googleSearch: { x: 1 } }] }).tools).toEqual([
      { kind: 'native', name: 'googleSearch', native: { dialect: 'gemini', fields: { googleSearch: { x: 1 } } } },
    ]);
  });

  test('of the answer’s form, a schema in Google’s words becomes JSON Schema', () => {
    const responseSchema = {
      type: 'OBJECT',
      properties: {
        type: { type: 'STRING', format: 'enum', enum: ['a'], nullable: true },
        list: { type: 'ARRAY', minItems: '1', items: { anyOf: [{ type: 'NUMBER' }], nullable: true } },
      },
      propertyOrdering: ['type'],
    };
    expect(config({ responseMimeType: 'application/json', responseSchema }).format).toEqual({
      type: 'json-schema',
      name: 'answer',
      schema: {
        type: 'object',
        properties: {
          type: { type: ['string', 'null'], enum: ['a', null] },
          list: { type: 'array', minItems: 1, items: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
        },
      },
    });
    expect(config({ responseMimeType: 'application/json' }).format).toEqual({ type: 'json' });
    expect(config({ responseMimeType: 'text/plain' })).not.toHaveProperty('format');
    expect(config({ responseMimeType: 'text/plain' })).not.toHaveProperty('native');
  });

  test('of numbers, each has its place, and what the hub has no word for stays with its dialect', () => {
    const request = read({
      generationConfig: {
        ...{ temperature: 0.1, topP: 0.2, topK: 3, candidateCount: 2, maxOutputTokens: 0, stopSequences: ['a', ''] },
        ...{ seed: 4, presencePenalty: 0.5, frequencyPenalty: 0.6, responseLogprobs: true, logprobs: 2 },
        ...{ mediaResolution: 'LOW', responseModalities: ['TEXT'] },
      },
      safetySettings: [{ category: 'c' }],
      model: 'models/other',
    });
    expect(request).toMatchObject({
      ...{ model: 'm', temperature: 0.1, topP: 0.2, topK: 3, choices: 2, stop: ['a'], seed: 4 },
      ...{ presencePenalty: 0.5, frequencyPenalty: 0.6, logprobs: { top: 2 } },
    });
    expect(request).not.toHaveProperty('maxTokens');
    expect(request.native).toEqual({
      dialect: 'gemini',
      fields: { mediaResolution: 'LOW', safetySettings: [{ category: 'c' }] },
    });
  });
});

describe('the glance', () => {
  const glance = (body: JsonObject, path = url.path, query = '') =>
    geminiClient.glance({ contents: [user('x')], ...body }, { path, query });

  test('says what the plan needs to know, by the address too', () => {
    expect(glance({}, '/v1beta/models/a%2Fb:0:streamGenerateContent', 'alt=sse')).toMatchObject({
      ...{ model: 'a/b:0', stream: true, isList: false, hasImages: false, hasTools: false },
    });
    expect(glance({}, '/v1/models/models/x:streamGenerateContent/', '')).toMatchObject({ model: 'x', isList: true });
  });

  test('finds pictures in results of tools', () => {
    const functionResponse = { name: 'f', parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] };
    expect(glance({ contents: [{ parts: [{ functionResponse }] }] }).hasImages).toBe(true);
  });

  test.each([
    [[{ functionCall: { name: 'f' } }], true],
    [[{ functionCall: { name: 'f' }, thoughtSignature: 's' }, { functionCall: { name: 'g' } }], false],
    [[{ functionCall: { name: 'f' } }, { functionCall: { name: 'g' }, thoughtSignature: 's' }], true],
  ])('of calls %j says whether the first of a turn is unsigned', (parts, isUnsigned) => {
    expect(glance({ contents: [{ role: 'model', parts }] }).hasUnsignedCalls).toBe(isUnsigned);
    const pieces = parts.map((part) => ({ role: 'model', parts: [part] }));
    expect(glance({ contents: pieces }).hasUnsignedCalls).toBe(isUnsigned);
  });

  test.each([
    ['a request without contents', {}, 'contents'],
    ['an unknown role', { contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
    [
      'a call without a name',
      { contents: [{ parts: [{ functionCall: {} }] }] },
      'contents[0].parts[0].functionCall.name',
    ],
    ['a temperature that is none', { generationConfig: { temperature: 9 } }, 'generationConfig.temperature'],
  ])('refuses %s by its field', (_, body, param) => {
    const contents = 'generationConfig' in body ? { contents: [user('x')] } : {};
    expect(() => geminiClient.glance({ ...contents, ...body }, url)).toThrow(expect.objectContaining({ param }));
  });
});

describe('the bound on an answer', () => {
  test.each([
    [{}, { generationConfig: { maxOutputTokens: 9 } }],
    [{ generationConfig: { topK: 1 } }, { generationConfig: { topK: 1, maxOutputTokens: 9 } }],
    [{ generationConfig: { maxOutputTokens: 0 } }, { generationConfig: { maxOutputTokens: 9 } }],
    [{ generation_config: { max_output_tokens: 50 } }, { generation_config: { max_output_tokens: 9 } }],
    [{ generationConfig: { maxOutputTokens: 5 } }, {}],
  ])('of %j is set where the caller says it', (body, set) => {
    expect(geminiClient.boundTokens(body, 9)).toEqual(set);
  });
});
