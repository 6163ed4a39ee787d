import { describe, expect, test } from 'vitest';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import { context } from './wire.ts';

/** Tools in groups, as Codex sends those of its own agents and of tool servers. */
const fn = (name: string) => ({ type: 'function', name, parameters: { type: 'object', properties: {} } });
const body = (fields: JsonObject = {}): JsonObject => ({
  model: 'm',
  input: [{ role: 'user', content: 'hi' }],
  tools: [
    fn('exec_command'),
    fn('agents__wait'),
    { type: 'namespace', name: 'agents', description: 'd', tools: [fn('spawn'), fn('wait')] },
    { type: 'namespace', name: 'mcp__files__', tools: [fn('read'), { type: 'custom', name: 'patch' }] },
  ],
  ...fields,
});
const namesIn = (request: JsonObject) => client.readRequest(request).tools?.map(({ name }) => name);

describe('tools in groups', () => {
  test('become functions of unique names, behind those that stand alone', () => {
    expect(namesIn(body())).toEqual([
      'exec_command',
      'agents__wait',
      'agents__spawn',
      'agents__wait_2',
      'mcp__files__read',
      'mcp__files__patch',
    ]);
    expect(client.readRequest(body()).tools?.at(-1)).toMatchObject({ kind: 'custom' });
  });

  const answered = (name: string, request = body()) => {
    const parts = [{ type: 'tool-call', id: 'c', name, arguments: '{}' }] as const;
    const reply = { id: 'r', model: 'm', choices: [{ parts: [...parts], finish: 'tool-calls' as const }] };
    return (client.writeReply(reply, { ...context, request }).output as JsonObject[])[0];
  };

  test.each([
    ['exec_command', { name: 'exec_command' }],
    ['agents__spawn', { name: 'spawn', namespace: 'agents' }],
    ['agents__wait', { name: 'agents__wait' }],
    ['agents__wait_2', { name: 'wait', namespace: 'agents' }],
    ['mcp__files__read', { name: 'read', namespace: 'mcp__files__' }],
    // Some models leave the group out.
    ['read', { name: 'read', namespace: 'mcp__files__' }],
    ['unknown', { name: 'unknown' }],
  ])('a call of %s is the caller’s %j', (name, expected) => {
    const { name: said, namespace } = answered(name)!;
    expect({ name: said, ...(namespace === undefined ? {} : { namespace }) }).toEqual(expected);
  });

  test('calls in the history have the names of their tools, and of none that is gone', () => {
    const call = (name: string, namespace?: string) => ({
      type: 'function_call',
      call_id: `${namespace}${name}`,
      name,
      arguments: '{}',
      ...(namespace ? { namespace } : {}),
    });
    const input = [call('wait', 'agents'), call('agents__wait'), call('gone', 'old')];
    const [message] = client.readRequest(body({ input })).messages;
    expect(message).toMatchObject({
      role: 'assistant',
      parts: [{ name: 'agents__wait_2' }, { name: 'agents__wait' }, { name: 'old__gone' }],
    });
  });

  test('may be chosen one by one or as a group', () => {
    const tools = [
      { type: 'namespace', name: 'agents' },
      { type: 'function', name: 'exec_command' },
    ];
    expect(
      client.readRequest(body({ tool_choice: { type: 'allowed_tools', mode: 'auto', tools } })).toolChoice,
    ).toMatchObject({ names: ['exec_command', 'agents__spawn', 'agents__wait_2'] });
    expect(
      client.readRequest(body({ tool_choice: { type: 'function', name: 'spawn', namespace: 'agents' } })).toolChoice,
    ).toEqual({ type: 'tool', name: 'agents__spawn' });
  });
});

describe('names of tools that collide', () => {
  test('each get a number of their own, without trying the taken ones again', () => {
    const taken = Array.from({ length: 7_000 }, (_, at) => fn(`${'_'.repeat(1_000)}_${at + 2}`));
    const groups = Array.from({ length: 200 }, (_, at) => ({
      type: 'namespace',
      name: '_'.repeat(at + 2),
      tools: [fn('_'.repeat(998 - at))],
    }));
    const names = namesIn(body({ tools: [fn('_'.repeat(1_000)), ...taken, ...groups] }))!;
    expect(new Set(names).size).toBe(7_201);
    expect(names.at(-1)).toBe(`${'_'.repeat(1_000)}_7201`);
  });

  test('a group of a very long name is refused, since each of its tools would repeat it', () => {
    const grouped = (length: number) =>
      body({ tools: [{ type: 'namespace', name: 'n'.repeat(length), tools: [fn('a')] }] });
    expect(namesIn(grouped(256))).toHaveLength(1);
    expect(() => namesIn(grouped(257))).toThrow('at most 256 characters');
  });
});

describe('a search among the caller’s own tools', () => {
  const search = { type: 'tool_search', execution: 'client', description: 'd', parameters: { type: 'object' } };
  const found = {
    type: 'tool_search_output',
    call_id: 's1',
    execution: 'client',
    status: 'completed',
    tools: [{ type: 'namespace', name: 'mail', tools: [fn('send')] }],
  };
  const asked = { type: 'tool_search_call', call_id: 's1', execution: 'client', arguments: { query: 'mail' } };
  const request = body({ tools: [search], input: [{ role: 'user', content: 'hi' }, asked, found] });

  test('is a function, and what it found is offered', () => {
    expect(namesIn(request)).toEqual(['tool_search', 'mail__send']);
    expect(client.readRequest(request).messages.slice(1)).toMatchObject([
      { role: 'assistant', parts: [{ type: 'tool-call', name: 'tool_search', arguments: '{"query":"mail"}' }] },
      { role: 'tool', results: [{ callId: 's1' }] },
    ]);
  });

  test('is answered as its own item, with an object for its arguments', () => {
    const parts = [{ type: 'tool-call', id: 'c', name: 'tool_search', arguments: '{"query":"x"}' }] as const;
    const reply = { id: 'r', model: 'm', choices: [{ parts: [...parts], finish: 'tool-calls' as const }] };
    expect(client.writeReply(reply, { ...context, request }).output).toMatchObject([
      { type: 'tool_search_call', status: 'completed', call_id: 'c', execution: 'client', arguments: { query: 'x' } },
    ]);
  });
});
