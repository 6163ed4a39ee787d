import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { calls, refusalOf, results, tool, user, write } from './wire.ts';

const objectOf = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });
const city = objectOf({ city: { type: 'string' } }, { required: ['city'] });

describe('tools', () => {
  test('are declared, and #70 without what Gemini’s schemas do not know', () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...city, additionalProperties: false };
    const { body } = write({ tools: [{ ...tool('weather', schema), description: 'Gives the weather.' }] });
    expect(body.tools).toEqual([
      {
        functionDeclarations: [
          {
            name: 'weather',
            description: 'Gives the weather.',
            parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] },
          },
        ],
      },
    ]);
    expect(body.toolConfig).toBeUndefined();
  });

  test('#70 without properties have no parameters at all', () => {
    for (const schema of [undefined, {}, { type: 'object' }, { type: 'object', properties: {} }]) {
      const { body } = write({ tools: [tool('now', schema)] });
      expect(body.tools?.[0]?.functionDeclarations).toEqual([{ name: 'now' }]);
    }
  });

  test('#70 with a choice of shapes at the root may be given any of their properties', () => {
    const anyOf = [
      objectOf({ id: { type: 'string' }, a: { type: 'string' } }, { required: ['id', 'a'] }),
      objectOf({ id: { type: 'string' } }, { required: ['id'] }),
    ];
    const parameters = write({ tools: [tool('find', { anyOf })] }).body.tools?.[0]?.functionDeclarations[0]?.parameters;
    expect(parameters).toEqual({
      type: 'OBJECT',
      properties: { id: { type: 'STRING' }, a: { type: 'STRING' } },
      required: ['id'],
    });
  });

  test('keep their JSON schema where the model takes it', () => {
    const { body } = write({
      tools: [tool('weather', { $schema: 'x', ...city })],
      traits: { schemaLanguage: 'json-schema' },
    });
    expect(body.tools?.[0]?.functionDeclarations).toEqual([{ name: 'weather', parametersJsonSchema: city }]);
  });

  test('#68 an empty list of tools and a choice without tools are not sent', () => {
    const { body, dropped } = write({ tools: [], toolChoice: { type: 'required' }, parallelToolCalls: true });
    expect([body.tools, body.toolConfig, dropped]).toEqual([undefined, undefined, []]);
  });

  test('#69 calls in the history need no tools in this turn', () => {
    const { body } = write({ messages: [user('Hi'), calls('a'), results('a')] });
    expect(body.tools).toBeUndefined();
    expect(body.contents).toHaveLength(3);
  });

  test('#72 each way of choosing has its mode', () => {
    const tools = [tool('a'), tool('b'), tool('c')];
    const chosen = (toolChoice: ChatRequest['toolChoice']) => {
      const { body } = write({ tools, toolChoice: toolChoice! });
      const names = body.tools?.[0]?.functionDeclarations.map(({ name }) => name);
      return { names: names?.join(''), ...body.toolConfig?.functionCallingConfig };
    };
    expect(chosen({ type: 'auto' })).toEqual({ names: 'abc', mode: 'AUTO' });
    expect(chosen({ type: 'none' })).toEqual({ names: 'abc', mode: 'NONE' });
    expect(chosen({ type: 'required' })).toEqual({ names: 'abc', mode: 'ANY' });
    expect(chosen({ type: 'tool', name: 'b' })).toEqual({ names: 'abc', mode: 'ANY', allowedFunctionNames: ['b'] });
    expect(chosen({ type: 'allowed', mode: 'auto', names: ['a', 'c'] })).toEqual({ names: 'ac', mode: 'AUTO' });
    expect(chosen({ type: 'allowed', mode: 'required', names: ['a'] })).toEqual({ names: 'a', mode: 'ANY' });
  });

  test('#71 illegal names become legal ones that differ, in tools, choice and history, and are remembered for the way back', () => {
    const odd = ['1st tool', '天气', '天氣', `${'x'.repeat(80)}.end`];
    const written = write({
      tools: [...odd, 'mcp__x.y:z-1'].map((name) => tool(name)),
      toolChoice: { type: 'tool', name: '天气' },
      messages: [
        user('Hi'),
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: '天氣', arguments: '' }] },
        results('a'),
      ],
    });
    const names = written.body.tools![0]!.functionDeclarations.map(({ name }) => String(name));
    expect(names.at(-1)).toBe('mcp__x.y:z-1');
    expect(new Set(names).size).toBe(odd.length + 1);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z_][\w.:-]{0,63}$/);
    expect(odd.map((name, index) => written.memo?.toolNames?.get(names[index]!) === name)).toEqual(odd.map(() => true));
    expect(written.body.toolConfig?.functionCallingConfig.allowedFunctionNames).toEqual([names[1]]);
    expect(written.text.match(new RegExp(names[2]!, 'g'))).toHaveLength(3);
  });

  test('of free text become functions with one argument; a grammar is said in the description', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } };
    const native = { dialect: 'openai-chat', fields: { format } };
    const { body, memo } = write({ tools: [{ kind: 'custom', name: 'shell', description: 'Runs it.', native }] });
    expect(body.tools?.[0]?.functionDeclarations[0]).toMatchObject({
      name: 'shell',
      description: expect.stringMatching(/Runs it\.[\s\S]*lark grammar[\s\S]*start: "a"/),
      parameters: { properties: { input: { type: 'STRING' } }, required: ['input'] },
    });
    expect([...(memo?.customTools ?? [])]).toEqual(['shell']);
  });

  test('of another vendor are refused by their place', () => {
    const native = {
      kind: 'native',
      name: 'web_search_20260318',
      native: { dialect: 'anthropic', fields: {} },
    } as const;
    expect(refusalOf(() => write({ tools: [tool('a'), native] }))).toMatchObject({ status: 400, param: 'tools[1]' });
  });
});

describe('#75 the form of an answer', () => {
  const schema = { ...city, additionalProperties: false };
  const format = { type: 'json-schema', name: 'place', schema } as const;

  test('is said beside the conversation, in the language the model takes', () => {
    expect(write({ format }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] },
    });
    expect(write({ format, traits: { schemaLanguage: 'json-schema' } }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    });
    expect(write({ format: { type: 'json' } }).body.generationConfig).toEqual({ responseMimeType: 'application/json' });
    expect(write({ format: { type: 'text' } }).body.generationConfig).toBeUndefined();
    const open = { type: 'json-schema', name: 'any', schema: { type: 'object' } } as const;
    expect(write({ format: open }).body.generationConfig).toEqual({ responseMimeType: 'application/json' });
  });

  test('and tools go together from version 3 on', () => {
    const { body, memo } = write({ format, tools: [tool('a')] });
    expect(body.generationConfig?.responseSchema).toBeDefined();
    expect([body.toolConfig, memo]).toEqual([undefined, undefined]);
  });

  test('is one more tool for older models, and one must be called', () => {
    const { body, memo } = write({ to: 'gemini-2.5-pro', format, tools: [tool('a')] });
    expect(body.generationConfig).toBeUndefined();
    expect(body.tools?.[0]?.functionDeclarations.map(({ name }) => name)).toEqual(['a', 'json']);
    expect(body.toolConfig?.functionCallingConfig).toEqual({ mode: 'ANY' });
    expect(memo?.formatTool).toBe('json');
    expect(write({ to: 'gemini-2.5-pro', format, tools: [tool('json')] }).memo?.formatTool).toBe('json_answer');
    expect(write({ format, traits: { answerSchema: 'tool' } }).memo?.formatTool).toBe('json');
  });

  test('is left to the call where one is forced, and to the field where none may be made', () => {
    const forced = write({ to: 'gemini-2.5-pro', format, tools: [tool('a')], toolChoice: { type: 'required' } });
    expect([forced.memo, forced.body.generationConfig]).toEqual([undefined, undefined]);
    const none = write({ to: 'gemini-2.5-pro', format, tools: [tool('a')], toolChoice: { type: 'none' } });
    expect(none.body.generationConfig?.responseMimeType).toBe('application/json');
    expect(none.body.tools).toBeUndefined();
  });

  test('of any JSON is asked for in words where tools take its place', () => {
    const { body } = write({ to: 'gemini-2.5-pro', format: { type: 'json' }, tools: [tool('a')] });
    expect(body.generationConfig).toBeUndefined();
    expect(body.systemInstruction?.parts.at(-1)?.text).toMatch(/one JSON object/);
  });
});
