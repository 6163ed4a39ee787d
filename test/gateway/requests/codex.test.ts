import type http from 'node:http';
import nodeHttp from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Asked,
  chunk,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
} from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Requests as Codex CLI 0.169.0 was seen to send them, over providers that speak other dialects than it. */
let provider: TestProvider;
let rig: Rig;

const spawn = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'multi_agent_v1__spawn_agent', arguments: '{}' },
};

function script({ path, body }: Asked, response: http.ServerResponse): void {
  if (path.endsWith('/responses/compact')) {
    const output = [{ id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAA' }];
    const usage = { input_tokens: 50, output_tokens: 5, total_tokens: 55 };
    sendJson(response, 200, { id: 'resp_1', object: 'response.compaction', created_at: 1, output, usage });
  } else if (path.endsWith('/messages')) sendClaude(response, body);
  else if (body.stream !== true) sendJson(response, 200, completion('They want a tree.'));
  else {
    startStream(response);
    const isSummary = JSON.stringify(body.messages).includes('Sum up the conversation');
    const said = isSummary ? [chunk({ content: 'They want ' }), chunk({ content: 'a tree.' }), chunk({}, 'stop')] : [];
    const called = [chunk({ role: 'assistant', content: null, tool_calls: [spawn] }), chunk({}, 'tool_calls')];
    for (const text of isSummary ? said : called) response.write(text);
    response.end('data: [DONE]\n\n');
  }
}

const found = {
  type: 'web_search_result',
  url: 'https://a.ch',
  title: 'A',
  encrypted_content: 'secret',
  page_age: null,
};
const searched = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [found] },
  { type: 'text', text: '' },
];

function sendClaude(response: http.ServerResponse, { stream }: Asked['body']): void {
  const usage = { input_tokens: 9, output_tokens: 3 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage };
  const query = { query: 'a' };
  if (stream !== true) {
    const content = [{ ...searched[0], input: query }, searched[1], { type: 'text', text: 'A it is.' }];
    sendJson(response, 200, { ...message, content, stop_reason: 'end_turn' });
    return;
  }
  const deltas = [
    { type: 'input_json_delta', partial_json: JSON.stringify(query) },
    undefined,
    { type: 'text_delta', text: 'A it is.' },
  ];
  const events: { type: string; [name: string]: unknown }[] = [
    { type: 'message_start', message },
    ...searched.flatMap((content_block, index) => [
      { type: 'content_block_start', index, content_block },
      ...(deltas[index] ? [{ type: 'content_block_delta', index, delta: deltas[index] }] : []),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
    { type: 'message_stop' },
  ];
  startStream(response);
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}

beforeAll(async () => {
  provider = await startProvider(script);
  const baseUrl = `${provider.url}/v1`;
  rig = await startRig({
    definition: {
      providers: {
        mock: { baseUrl, secret: 'MOCK_KEY' },
        claude: { preset: 'anthropic', baseUrl },
        own: { preset: 'openai-responses', baseUrl },
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const fn = (name: string) => ({
  type: 'function',
  name,
  strict: false,
  parameters: { type: 'object', properties: {} },
});
const codex = (fields: object = {}) => ({
  model: 'mock/m',
  stream: true,
  input: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'developer',
      content: [{ type: 'input_text', text: 'You are a coding agent.' }],
    },
    { type: 'message', id: 'msg_2', role: 'user', content: [{ type: 'input_text', text: 'Plant a tree.' }] },
  ],
  tools: [
    fn('exec_command'),
    {
      type: 'namespace',
      name: 'multi_agent_v1',
      description: 'Agents.',
      tools: [fn('close_agent'), fn('spawn_agent')],
    },
    { type: 'web_search', external_web_access: false },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'k',
  client_metadata: { a: 'b' },
  ...fields,
});
const ask = (body: object, path = '/v1/responses') => rig.post(body, {}, path);
interface SentEvent {
  type: string;
  item?: object;
  response?: { output: Record<string, unknown>[] };
}
const outputOf = (events: readonly SentEvent[]) => events.at(-1)!.response!.output;
const eventsIn = (text: string): SentEvent[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));

describe('a turn', () => {
  test('over a chat provider: tools in groups, what cannot be searched left out by name', async () => {
    const response = await ask(codex());
    const events = eventsIn(await response.text());
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sluice-dropped')).toContain('tools.web_search');
    const output = outputOf(events);
    expect(output).toMatchObject([
      { type: 'function_call', call_id: 'call_1', name: 'spawn_agent', namespace: 'multi_agent_v1', arguments: '{}' },
    ]);
    expect(events.find(({ type }) => type === 'response.output_item.added')?.item).toMatchObject({
      name: 'spawn_agent',
      namespace: 'multi_agent_v1',
    });
    const names = (provider.asked.at(-1)!.body.tools as { function: { name: string } }[]).map(
      (tool) => tool.function.name,
    );
    expect(names).toEqual(['exec_command', 'multi_agent_v1__close_agent', 'multi_agent_v1__spawn_agent']);

    const again = [...codex().input, ...output, { type: 'function_call_output', call_id: 'call_1', output: 'ok' }];
    expect((await ask(codex({ input: again }))).status).toBe(200);
    expect((provider.asked.at(-1)!.body.messages as object[]).slice(-2)).toMatchObject([
      { role: 'assistant', tool_calls: [{ function: { name: 'multi_agent_v1__spawn_agent' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
    ]);
  });

  test('over Anthropic, with leave to search the web', async () => {
    const tools = [{ type: 'web_search', external_web_access: true }];
    const response = await ask(codex({ model: 'claude/claude-sonnet-4-5', tools }));
    const events = eventsIn(await response.text());
    expect(provider.asked.at(-1)!.body.tools).toEqual([{ type: 'web_search_20250305', name: 'web_search' }]);
    const action = { type: 'search', query: 'a', queries: ['a'], sources: [{ type: 'url', url: 'https://a.ch' }] };
    expect(outputOf(events)).toMatchObject([
      { type: 'web_search_call', status: 'completed', action },
      { type: 'message', content: [{ text: 'A it is.' }] },
    ]);
    const whole = await (await ask(codex({ model: 'claude/claude-sonnet-4-5', tools, stream: false }))).json();
    expect(whole).toMatchObject({ output: [{ type: 'web_search_call', action }, { type: 'message' }] });
  });
});

describe('a summary', () => {
  const trigger = { type: 'compaction_trigger' };
  const asked = codex({ input: [...codex().input, trigger] });

  test.each([true, false])(
    'asked for in a turn is exactly one item, which the next turn understands: streamed %s',
    async (stream) => {
      const before = rig.requests.length;
      const text = await (await ask({ ...asked, stream })).text();
      const response = stream ? eventsIn(text).at(-1)!.response : JSON.parse(text);
      expect(response).toMatchObject({ object: 'response', status: 'completed' });
      expect(response.output).toHaveLength(1);
      const [item] = response.output;
      expect(item).toMatchObject({ type: 'compaction', encrypted_content: expect.any(String) });
      if (stream) {
        const done = eventsIn(text).filter(({ type }) => type === 'response.output_item.done');
        expect(done.map((event) => event.item)).toEqual([item]);
      }
      const sent = provider.asked.at(-1)!.body;
      expect(sent).not.toHaveProperty('tools');
      expect(rig.requests.slice(before)).toMatchObject([{ status: 200, purpose: 'chat' }]);

      expect((await ask(codex({ input: [item, { role: 'user', content: 'Go on.' }] }))).status).toBe(200);
      expect(JSON.stringify(provider.asked.at(-1)!.body.messages)).toContain('They want a tree.');
    },
  );

  test('asked for at its own path is made by the model', async () => {
    const before = rig.requests.length;
    const { model, input } = codex();
    const response = await ask({ model, input, instructions: 'Be brief.' }, '/v1/responses/compact');
    expect(await response.json()).toMatchObject({ object: 'response.compaction', output: [{ type: 'compaction' }] });
    expect(rig.requests.slice(before)).toMatchObject([{ status: 200, usage: { input: 11, output: 7 } }]);
  });

  test('is passed on where the provider makes it, at its path', async () => {
    const { input } = codex();
    const before = rig.requests.length;
    const response = await ask({ model: 'own/gpt-5', input }, '/v1/responses/compact');
    expect(await response.json()).toMatchObject({ output: [{ type: 'compaction', encrypted_content: 'gAAA' }] });
    expect(provider.asked.at(-1)).toMatchObject({ path: '/v1/responses/compact', body: { model: 'gpt-5', input } });
    expect(rig.requests.slice(before)).toMatchObject([{ status: 200, usage: { input: 50, output: 5 } }]);
  });
});

describe('a try for a WebSocket', () => {
  test.each([{}, { authorization: 'Bearer wrong' }])(
    'is refused with 426 at once, whatever key it has: %j',
    async (headers) => {
      for (const path of ['/v1/responses', '/responses']) {
        const response = await fetch(rig.url + path, { headers });
        expect(response.status).toBe(426);
        expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('POST') } });
      }
    },
  );

  test('is refused with 426 as an upgrade too, on a connection that is closed or goes on', async () => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const status = await new Promise((resolve, reject) => {
      nodeHttp
        .get(`${rig.url}/v1/responses`, { headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject);
    });
    expect(status).toBe(426);
  });

  test('leaves other paths and methods as they were', async () => {
    expect((await fetch(`${rig.url}/v1/chat/completions`)).status).toBe(405);
    expect((await fetch(`${rig.url}/v1/responses`, { method: 'DELETE' })).status).toBe(405);
  });
});
