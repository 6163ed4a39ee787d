import type http from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdsCodexForms, refusal } from '../../dialects/openai-responses/codex-forms.ts';
import { type Asked, sendJson, startProvider, startStream, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** Codex over a provider of Responses that refuses what Codex adds to it, as xAI does. */
let provider: TestProvider;
let rig: Rig;
let client: OpenAI;

const patch = '*** Begin Patch\n*** Add File: "a"\n*** End Patch';
const wrapped = JSON.stringify({ input: patch });
const thought = { id: 'rs_x', type: 'reasoning', summary: [], encrypted_content: 'gXAI', status: 'completed' };
const calls = [
  {
    id: 'fc_1',
    type: 'function_call',
    call_id: 'call_1',
    name: 'apply_patch',
    arguments: wrapped,
    status: 'completed',
  },
  {
    id: 'fc_2',
    type: 'function_call',
    call_id: 'call_2',
    name: 'multi_agent_v1__spawn_agent',
    arguments: '{}',
    status: 'completed',
  },
];

function script({ body }: Asked, response: http.ServerResponse): void {
  if (holdsCodexForms(body)) {
    sendJson(response, refusal.status, refusal.body);
    return;
  }
  const usage = { input_tokens: 9, output_tokens: 3, total_tokens: 12 };
  const head = { id: 'resp_x', object: 'response', created_at: 1, model: 'grok-4.5' };
  const whole = { ...head, status: 'completed', output: [thought, ...calls], usage };
  if (body.stream !== true) {
    sendJson(response, 200, whole);
    return;
  }
  startStream(response);
  const send = (event: { type: string; [name: string]: unknown }) =>
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  send({ type: 'response.created', response: { ...head, status: 'in_progress', output: [] } });
  send({ type: 'response.output_item.done', output_index: 0, item: thought });
  for (const [index, item] of calls.entries()) {
    const at = { output_index: index + 1, item_id: item.id };
    send({ type: 'response.output_item.added', ...at, item: { ...item, arguments: '', status: 'in_progress' } });
    for (const delta of item.arguments.match(/.{1,7}/gs)!) {
      send({ type: 'response.function_call_arguments.delta', ...at, delta });
    }
    send({ type: 'response.output_item.done', ...at, item });
  }
  send({ type: 'response.completed', response: whole });
  response.end();
}

beforeAll(async () => {
  provider = await startProvider(script);
  const baseUrl = `${provider.url}/v1`;
  rig = await startRig({
    definition: {
      providers: {
        xai: { baseUrl },
        openrouter: { baseUrl },
        groq: { baseUrl },
        fireworks: { baseUrl },
        unknown: { baseUrl, secret: 'MOCK_KEY', endpoints: { 'openai-responses': { baseUrl } } },
        own: { preset: 'openai-responses', baseUrl },
      },
    },
  });
  client = new OpenAI({ apiKey: MASTER_KEY, baseURL: `${rig.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const fn = (name: string) => ({ type: 'function' as const, name, strict: false, parameters: { type: 'object' } });
const grammar = { type: 'grammar' as const, syntax: 'lark' as const, definition: 'start: "x"' };
const tools = [
  fn('exec_command'),
  { type: 'custom', name: 'apply_patch', description: 'Edits files.', format: grammar },
  { type: 'namespace', name: 'multi_agent_v1', description: 'Agents.', tools: [fn('spawn_agent')] },
  { type: 'web_search', external_web_access: true },
];
const opening = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Plant a tree.' }] };
const codex = (fields: object = {}): OpenAI.Responses.ResponseCreateParamsNonStreaming =>
  ({
    model: 'xai/grok-4.5',
    input: [opening],
    tools,
    tool_choice: 'auto',
    store: false,
    include: ['reasoning.encrypted_content'],
    ...fields,
  }) as OpenAI.Responses.ResponseCreateParamsNonStreaming;
const sent = () => provider.asked.at(-1)!;
const kept = [
  { type: 'reasoning', encrypted_content: expect.stringMatching(/gXAI$/) },
  { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: patch },
  { type: 'function_call', call_id: 'call_2', name: 'spawn_agent', namespace: 'multi_agent_v1', arguments: '{}' },
];

describe('Codex over a provider that takes plain forms only', () => {
  test('is offered functions, and its calls come back as those of its own tools', async () => {
    const { output } = await client.responses.create(codex());
    expect(output).toMatchObject(kept);
    expect(sent().path).toBe('/v1/responses');
    const [exec, apply, search, agent] = sent().body.tools as Record<string, unknown>[];
    expect([exec, agent]).toMatchObject([{ name: 'exec_command' }, { name: 'multi_agent_v1__spawn_agent' }]);
    expect(apply).toMatchObject({ type: 'function', name: 'apply_patch' });
    expect(apply!.description).toContain(grammar.definition);
    expect(search).toEqual({ type: 'web_search' });
  });

  test('gets the free text of a call in a stream', async () => {
    const stream = await client.responses.create({ ...codex(), stream: true });
    let text = '';
    for await (const event of stream) {
      if (event.type === 'response.custom_tool_call_input.delta') text += event.delta;
      if (event.type === 'response.completed') expect(event.response.output).toMatchObject(kept);
    }
    expect(text).toBe(patch);
  });

  test.each(['openrouter', 'groq', 'fireworks', 'unknown'])('is offered functions by %s too', async (name) => {
    expect((await client.responses.create(codex({ model: `${name}/m` }))).output).toMatchObject(kept);
    expect(sent()).toMatchObject({ path: '/v1/responses', body: { model: 'm' } });
  });

  test('goes on in its second turn, in which reasoning has a content of null', async () => {
    const { output } = await client.responses.create(codex());
    const [thinking, ...called] = output;
    const again = [
      opening,
      { ...thinking, content: null },
      ...called,
      { type: 'custom_tool_call_output', call_id: 'call_1', output: 'Done.' },
      { type: 'function_call_output', call_id: 'call_2', output: 'ok' },
    ];
    await client.responses.create(codex({ input: again }));
    expect(sent().body.input).toEqual([
      opening,
      { type: 'reasoning', id: 'rs_x', summary: [], encrypted_content: 'gXAI' },
      { type: 'function_call', call_id: 'call_1', name: 'apply_patch', arguments: wrapped },
      { type: 'function_call', call_id: 'call_2', name: 'multi_agent_v1__spawn_agent', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'Done.' },
      { type: 'function_call_output', call_id: 'call_2', output: 'ok' },
    ]);
    // Nothing but the null is wrong with it.
    const plain = { tools: [fn('exec_command')], input: [opening, { ...thinking, content: null }, ...called.slice(1)] };
    await client.responses.create(codex(plain));
  });

  test('goes on with items of tools that OpenAI has and others have not', async () => {
    const input = [
      opening,
      { type: 'tool_search_call', call_id: 's', execution: 'client', status: 'completed', arguments: { query: 'a' } },
      { type: 'tool_search_output', call_id: 's', execution: 'client', status: 'completed', tools: [fn('found')] },
      { type: 'local_shell_call', call_id: 'l', status: 'completed', action: { type: 'exec', command: ['ls'] } },
      { type: 'local_shell_call_output', call_id: 'l', output: 'a.txt' },
      { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'aGk=' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] },
    ];
    await client.responses.create(codex({ input, tools: [{ type: 'tool_search', execution: 'client' }] }));
    expect(sent().body.input).toMatchObject([
      opening,
      { type: 'function_call', call_id: 's', name: 'tool_search' },
      { type: 'function_call_output', call_id: 's' },
      { type: 'function_call', call_id: 'l', name: 'local_shell' },
      { type: 'function_call_output', call_id: 'l', output: 'a.txt' },
      { role: 'assistant', content: [{ text: '[image omitted]' }] },
      { role: 'user' },
    ]);
    expect(sent().body.tools).toMatchObject([{ name: 'tool_search' }, { name: 'found' }]);
  });

  test('does not search where it may not reach the web, and says so', async () => {
    const cached = { type: 'web_search', external_web_access: false };
    const asked = client.responses.create(codex({ tools: [fn('exec_command'), cached] }));
    const { response } = await asked.withResponse();
    expect(response.headers.get('x-sluice-dropped')).toBe('tools.web_search');
    expect(sent().body.tools).toMatchObject([{ name: 'exec_command' }]);
  });
});

test('a request in forms that all know passes as it is', async () => {
  const own = { top_k: 5, tools: [{ type: 'x_search', from_date: '2026-01-01' }] };
  await client.responses.create(codex(own));
  expect(sent().body).toEqual({ ...codex(own), model: 'grok-4.5' });
});

test('a request that goes on from a kept answer passes as it is: it cannot be written anew', async () => {
  const { id } = await client.responses.create(codex({ store: true, tools: [fn('exec_command')] }));
  const asked = client.responses.create(codex({ previous_response_id: id }));
  await expect(asked).rejects.toMatchObject({ status: 422 });
  expect(sent().body).toMatchObject({ previous_response_id: id, tools });
});

test('OpenAI gets the forms of its own', async () => {
  const asked = client.responses.create(codex({ model: 'own/gpt-5' }));
  // The provider of this test refuses them: that it was asked shows that they passed.
  await expect(asked).rejects.toMatchObject({ status: 422 });
  expect(sent().body.tools).toEqual(tools);
});
