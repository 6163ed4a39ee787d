import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message } from '../../../shared/chat/request.ts';
import { type Body, calls, instructs, refusal, results, SONNET, says, weather, write } from './write.ts';

describe('the tools of a request for Converse', () => {
  test('tools with their schemas, and how they are chosen', () => {
    const tools = [weather, { kind: 'function', name: 'now', description: '' } as const];
    const { body } = write({ tools, toolChoice: { type: 'auto' } });
    expect(body.toolConfig).toEqual({
      tools: [
        { toolSpec: { name: 'weather', inputSchema: { json: weather.schema } } },
        { toolSpec: { name: 'now', inputSchema: { json: { type: 'object', properties: {} } } } },
      ],
      toolChoice: { auto: {} },
    });
  });

  test('#72 every choice has its form; none means no tools, some means those', () => {
    const now = { kind: 'function', name: 'now' } as const;
    const config = (toolChoice: NonNullable<ChatRequest['toolChoice']>) =>
      write({ tools: [weather, now], toolChoice }).body.toolConfig;
    expect(config({ type: 'required' }).toolChoice).toEqual({ any: {} });
    expect(config({ type: 'tool', name: 'now' }).toolChoice).toEqual({ tool: { name: 'now' } });
    expect(config({ type: 'none' })).toBeUndefined();
    const some = config({ type: 'allowed', mode: 'required', names: ['now'] });
    expect(some).toMatchObject({ tools: [{ toolSpec: { name: 'now' } }], toolChoice: { any: {} } });
  });

  test('#68 no tools, no choice of them', () => {
    expect(
      write({ tools: [], toolChoice: { type: 'required' }, parallelToolCalls: true }).body.toolConfig,
    ).toBeUndefined();
  });

  test('#69 where the history holds calls and the turn has no tools, one stands there that is not to be called', () => {
    const messages = [says('Hi'), calls(['a', 'weather']), results(['a', 'rain'])];
    for (const request of [{ messages }, { messages, tools: [weather], toolChoice: { type: 'none' } as const }]) {
      expect(write(request).body.toolConfig.tools.map((tool: Body) => tool.toolSpec.name)).toEqual(['no_tools']);
    }
  });

  test('#70 the root of a schema is an object without choices; below it nothing is touched', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'number' } } }],
      allOf: [{ properties: { c: {} }, required: ['c'] }],
      properties: { $schema: { type: 'string' }, title: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      additionalProperties: false,
    };
    const { body } = write({ tools: [{ kind: 'function', name: 'f', schema }] });
    expect(body.toolConfig.tools[0].toolSpec.inputSchema.json).toEqual({
      type: 'object',
      properties: {
        $schema: { type: 'string' },
        title: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        a: { type: 'string' },
        b: { type: 'number' },
        c: {},
      },
      required: ['c'],
      additionalProperties: false,
    });
  });

  test('#71 #25 illegal, long and colliding names are made legal and different, in the history too, and turned back', () => {
    const long = 'x'.repeat(80);
    const tools = ['get.weather', 'get weather', `${long}1`, `${long}2`].map(
      (name) => ({ kind: 'function', name }) as const,
    );
    const { body, memo } = write({
      tools,
      messages: [says('Hi'), calls(['a', 'get.weather'], ['b', '名前']), results(['a', '1'], ['b', '2'])],
      toolChoice: { type: 'tool', name: 'get.weather' },
    });
    const names: string[] = body.toolConfig.tools.map((tool: Body) => tool.toolSpec.name);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names.map((name) => memo?.toolNames?.get(name))).toEqual(tools.map(({ name }) => name));
    expect(body.messages[1].content[0].toolUse.name).toBe(names[0]);
    expect(body.messages[1].content[1].toolUse.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(body.toolConfig.toolChoice).toEqual({ tool: { name: names[0] } });
  });

  test('#76 ids are legal, used once, and the same on call and result', () => {
    const messages = [
      says('Hi'),
      calls(['functions.Bash:0', 'f'], ['', 'f'], [`call_${'y'.repeat(90)}`, 'f']),
      results(['functions.Bash:0', '1'], ['', '2'], [`call_${'y'.repeat(90)}`, '3']),
      calls(['functions.Bash:0', 'f']),
      results(['functions.Bash:0', '4']),
    ];
    const idsOf = (model: string) => {
      const blocks: Body[] = write({ messages }, model).body.messages.flatMap(({ content }: Body) => content);
      return {
        called: blocks.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []),
        answered: blocks.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []),
      };
    };
    const { called, answered } = idsOf(SONNET);
    expect(answered).toEqual(called);
    expect(new Set(called).size).toBe(4);
    for (const id of called) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    const mistral = idsOf('mistral.mistral-large-2407-v1:0');
    expect(mistral.answered).toEqual(mistral.called);
    expect(new Set(mistral.called).size).toBe(4);
    for (const id of mistral.called) expect(id).toMatch(/^[a-z0-9]{9}$/);
  });

  test('#56 a result that is an error is marked as one', () => {
    const failed: Message = {
      role: 'tool',
      results: [{ callId: 'a', parts: [{ type: 'text', text: 'no net' }], isError: true }],
    };
    const { body } = write({ messages: [says('Hi'), calls(['a', 'f']), failed] });
    expect(body.messages[2].content[0].toolResult).toEqual({
      toolUseId: 'a',
      content: [{ text: 'no net' }],
      status: 'error',
    });
  });

  test('#74 strict is dropped, and the required properties are left as they are', () => {
    const { body, dropped } = write({ tools: [{ ...weather, strict: true }] });
    expect(dropped).toEqual(['strict']);
    expect(body.toolConfig.tools[0].toolSpec).toEqual({ name: 'weather', inputSchema: { json: weather.schema } });
  });

  test('a tool of free text becomes a function of one field, in the history too, and the memo says so', () => {
    const custom = { kind: 'custom', name: 'sql' } as const;
    const call: Message = {
      role: 'assistant',
      parts: [{ type: 'tool-call', id: 'a', name: 'sql', arguments: 'SELECT 1;', kind: 'custom' }],
    };
    const { body, memo } = write({ tools: [custom], messages: [says('Hi'), call, results(['a', '1'])] });
    expect(body.toolConfig.tools[0].toolSpec.inputSchema.json.required).toEqual(['input']);
    expect(body.messages[1].content[0].toolUse.input).toEqual({ input: 'SELECT 1;' });
    expect(memo?.customTools).toEqual(new Set(['sql']));
  });

  test("another vendor's built-in tool is refused by its place", () => {
    const native = { kind: 'native', name: 'web_search_20260318' } as const;
    expect(refusal(() => write({ tools: [weather, native] }))).toMatchObject({ param: 'tools[1]' });
  });

  test('#75 a schema for the answer goes where Converse has it, closed and with its bounds in words', () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer', minimum: 0, description: 'Years' }, minimum: { type: 'string' } },
      required: ['age'],
    };
    const { body, memo } = write({ format: { type: 'json-schema', name: 'my person', schema, strict: true } });
    const { jsonSchema } = body.outputConfig.textFormat.structure;
    expect(body.outputConfig.textFormat.type).toBe('json_schema');
    expect(jsonSchema.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(JSON.parse(jsonSchema.schema)).toEqual({
      type: 'object',
      properties: { age: { type: 'integer', description: 'Years (minimum: 0)' }, minimum: { type: 'string' } },
      required: ['age'],
      additionalProperties: false,
    });
    expect(memo).toBeUndefined();
  });

  test('#75 models without schemas for answers are made to call a tool of that form', () => {
    const format = { type: 'json-schema', name: 'person', schema: { type: 'object', properties: {} } } as const;
    const alone = write({ format }, 'amazon.nova-pro-v1:0');
    expect(alone.memo).toEqual({ formatTool: 'json' });
    expect(alone.body.toolConfig.toolChoice).toEqual({ tool: { name: 'json' } });
    expect(alone.body.outputConfig).toBeUndefined();
    const beside = write(
      { format, tools: [{ kind: 'function', name: 'json' }] },
      'anthropic.claude-3-haiku-20240307-v1:0',
    );
    expect(beside.memo).toEqual({ formatTool: 'json_answer' });
    expect(beside.body.toolConfig.toolChoice).toEqual({ any: {} });
    expect(write({ format }, SONNET, { answerSchema: 'tool' }).memo).toEqual({ formatTool: 'json' });
  });

  test('an answer in JSON without a schema is asked for in words, after the instructions', () => {
    const { body } = write({ messages: [instructs('Be brief.'), says('Hi')], format: { type: 'json' } });
    expect(body.system).toHaveLength(2);
    expect(body.system[1].text).toMatch(/one JSON object/);
  });
});
