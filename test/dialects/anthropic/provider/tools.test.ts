import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../../shared/chat/request.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { hi, OLD, send, tool } from '../sending.ts';

describe('tools', () => {
  test('#68 no tools is no choice, #72 a choice is said in the vendor’s words', () => {
    const choice = (toolChoice: ChatRequest['toolChoice'], more: Partial<ChatRequest> = {}) =>
      send({ tools: [tool], ...(toolChoice ? { toolChoice } : {}), ...more }).sent.tool_choice;
    expect(choice(undefined)).toBeUndefined();
    expect(choice({ type: 'auto' })).toEqual({ type: 'auto' });
    expect(choice({ type: 'none' })).toEqual({ type: 'none' });
    expect(choice({ type: 'required' }, { parallelToolCalls: false })).toEqual({
      type: 'any',
      disable_parallel_tool_use: true,
    });
    expect(choice({ type: 'tool', name: 'f' })).toEqual({ type: 'tool', name: 'f' });
    expect(choice(undefined, { parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    const { sent } = send({
      tools: [tool, { ...tool, name: 'g' }],
      toolChoice: { type: 'allowed', mode: 'required', names: ['g'] },
    });
    expect(sent).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } });
    expect(send({ tools: [], toolChoice: { type: 'required' }, parallelToolCalls: false }).sent).not.toHaveProperty(
      'tool_choice',
    );
  });

  test('#69 a history with calls brings its tools where the turn has none', () => {
    const { sent } = send({
      messages: [
        ...hi,
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'gone', arguments: '{}' }] },
        { role: 'tool', results: [{ callId: 'c', parts: [] }] },
      ],
    });
    expect(sent.tools).toEqual([{ name: 'gone', input_schema: { type: 'object', properties: {} } }]);
    expect(sent.tool_choice).toEqual({ type: 'none' });
  });

  test('#70 a schema’s root is an object, and properties may be called like keywords', () => {
    const schemaOf = (schema: JsonObject) =>
      (send({ tools: [{ ...tool, schema }] }).sent.tools as JsonObject[])[0]!.input_schema;
    expect((send({ tools: [{ kind: 'function', name: 'f' }] }).sent.tools as JsonObject[])[0]!.input_schema).toEqual({
      type: 'object',
      properties: {},
    });
    expect(
      schemaOf({ anyOf: [{ properties: { a: {} }, required: ['a'] }, { properties: { title: { type: 'string' } } }] }),
    ).toEqual({
      type: 'object',
      properties: { a: {}, title: { type: 'string' } },
    });
    expect(
      schemaOf({
        $ref: '#/definitions/X',
        definitions: { X: { type: 'object', properties: { $schema: {} }, required: ['$schema'] } },
      }),
    ).toMatchObject({
      type: 'object',
      properties: { $schema: {} },
      required: ['$schema'],
    });
    const proto = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
    expect(JSON.stringify(schemaOf(proto))).toContain('"__proto__":{"type":"string"}');
  });

  test('#71 names the vendor refuses are changed everywhere, made different, and remembered for the way back', () => {
    const long = (tail: string) => `${'mcp.server.'.repeat(8)}${tail}`;
    const { sent, memo } = send({
      tools: [
        { ...tool, name: 'a.b' },
        { ...tool, name: 'a:b' },
        { ...tool, name: long('read') },
        { ...tool, name: long('write') },
        { ...tool, name: '读取' },
        tool,
      ],
      toolChoice: { type: 'tool', name: 'a.b' },
      messages: [...hi, { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'a.b', arguments: '{}' }] }],
    });
    const names = (sent.tools as JsonObject[]).map(({ name }) => name as string);
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names[2]).toContain('read');
    expect(sent.tool_choice).toEqual({ type: 'tool', name: names[0] });
    expect(sent.messages[1]!.content).toMatchObject([{ name: names[0] }]);
    expect(names.map((name) => memo!.toolNames!.get(name) ?? name)).toEqual([
      'a.b',
      'a:b',
      long('read'),
      long('write'),
      '读取',
      'f',
    ]);
  });

  test('#74 strict goes where it is known, with a schema that can be obeyed', () => {
    const strict = {
      ...tool,
      strict: true,
      schema: { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } },
    };
    expect(send({ tools: [strict] }).sent.tools).toEqual([
      {
        name: 'f',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: 'minimum: 1' } },
          additionalProperties: false,
        },
      },
    ]);
    const old = send({ tools: [strict] }, 'claude-3-5-haiku-20241022');
    expect(old.sent.tools).toEqual([{ name: 'f', input_schema: strict.schema }]);
    expect(old.dropped).toEqual(['strict']);
  });

  test('#75 an answer’s schema is the model’s own means, or a tool it must call', () => {
    const format = {
      type: 'json-schema' as const,
      name: 'a',
      schema: { type: 'object', properties: { s: { type: 'string', pattern: 'x', title: 'T' } }, $schema: 'y' },
    };
    expect(send({ format }).sent.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { s: { type: 'string', title: 'T', description: 'pattern: "x"' } },
          additionalProperties: false,
        },
      },
    });
    const alone = send({ format }, 'glm-5');
    expect(alone.sent).toMatchObject({ tools: [{ name: 'json' }], tool_choice: { type: 'tool', name: 'json' } });
    expect(alone.memo).toEqual({ formatTool: 'json' });
    const beside = send({ format, tools: [{ ...tool, name: 'json' }] }, OLD, { answerSchema: 'tool' });
    expect(beside.sent).toMatchObject({
      tools: [{ name: 'json' }, { name: 'json_answer' }],
      tool_choice: { type: 'any' },
    });
    expect(send({ format: { type: 'json' } }).sent.system).toMatchObject([
      { text: expect.stringContaining('JSON object') },
    ]);
  });

  test('a tool of free text goes as a function with one argument; a vendor’s own tool is refused elsewhere', () => {
    const custom = send({
      tools: [{ kind: 'custom', name: 'sql' }],
      messages: [
        ...hi,
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', kind: 'custom', id: 'c', name: 'sql', arguments: 'SELECT "1"' }],
        },
      ],
    });
    expect(custom.sent.tools).toMatchObject([{ name: 'sql', input_schema: { required: ['input'] } }]);
    expect(custom.sent.messages[1]!.content).toMatchObject([{ input: { input: 'SELECT "1"' } }]);
    expect(custom.memo).toEqual({ customTools: new Set(['sql']) });
    const search = {
      kind: 'native' as const,
      name: 'web_search_preview',
      native: { dialect: 'openai-responses', fields: {} },
    };
    expect(() => send({ tools: [tool, search] })).toThrow(expect.objectContaining({ param: 'tools[1]' }));
    const own = { type: 'web_search_20260318', name: 'web_search' };
    expect(
      send({ tools: [{ kind: 'native', name: own.type, native: { dialect: 'anthropic', fields: own } }] }).sent.tools,
    ).toEqual([own]);
  });
});
