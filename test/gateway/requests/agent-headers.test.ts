import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** What Claude Code sends beside the body, from the provider's side and in the records. */
const answer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
};

let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, answer));
  const { url: baseUrl } = provider;
  rig = await startRig({
    definition: {
      providers: {
        vendor: { preset: 'anthropic', baseUrl },
        platform: { preset: 'anthropic', baseUrl, headers: { 'anthropic-workspace-id': 'wrkspc_owner' } },
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const agentHeaders = {
  'x-claude-code-session-id': '6f1c2d3e-0000-4000-8000-000000000001',
  'x-claude-code-agent-id': 'agent-7',
  'x-claude-code-parent-agent-id': 'agent-1',
};
const headers = {
  'anthropic-version': '2026-10-21',
  'anthropic-beta': 'claude-code-20250219,brand-new-2027-01-01',
  'anthropic-workspace-id': 'wrkspc_caller',
  'x-claude-code-brand-new': 'v1',
  ...agentHeaders,
};
const body = {
  max_tokens: 64_000,
  messages: [{ role: 'user' as const, content: 'hi' }],
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  field_of_next_year: { deep: [1.0, null] },
};

describe('a request of Claude Code’s to a provider of its dialect', () => {
  test('arrives with its version, betas, workspace and own headers, and with every field of its body', async () => {
    const reply = await rig.post(
      { model: 'vendor/claude-opus-5', ...body },
      { ...headers, 'x-app': 'cli', cookie: 'c', 'x-stainless-os': 'x', 'x-claude': 'no' },
      '/v1/messages?beta=true',
    );
    expect(reply.status).toBe(200);
    const asked = provider.asked.at(-1)!;
    expect(asked.headers).toMatchObject(headers);
    for (const name of ['x-app', 'cookie', 'x-stainless-os', 'x-claude'])
      expect(asked.headers).not.toHaveProperty(name);
    expect(asked.body).toEqual({ model: 'claude-opus-5', ...body });
    // The vendor decides by the header; its newer clients send no such query.
    expect(asked.path).toBe('/messages');
  });

  test('by the official client, its betas arrive the same way', async () => {
    const client = new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0, defaultHeaders: agentHeaders });
    await client.beta.messages.create({
      model: 'vendor/claude-opus-5',
      max_tokens: 9,
      messages: body.messages,
      betas: ['context-management-2025-06-27'],
      context_management: { edits: [] },
    });
    const asked = provider.asked.at(-1)!;
    expect(asked.headers).toMatchObject({ 'anthropic-beta': 'context-management-2025-06-27', ...agentHeaders });
    expect(asked.body).toMatchObject({ context_management: { edits: [] } });
  });

  test('is counted with the same headers', async () => {
    await rig.post(
      { model: 'vendor/claude-opus-5', messages: body.messages },
      headers,
      '/v1/messages/count_tokens?beta=true',
    );
    const asked = provider.asked.at(-1)!;
    expect(asked.path).toBe('/messages/count_tokens');
    expect(asked.headers).toMatchObject(headers);
  });

  test('does not change the workspace that the owner of the gateway configured', async () => {
    await rig.post({ model: 'platform/claude-opus-5', ...body }, headers, '/v1/messages');
    expect(provider.asked.at(-1)!.headers).toMatchObject({
      'anthropic-workspace-id': 'wrkspc_owner',
      'anthropic-version': '2026-10-21',
    });
  });
});

test('records and log lines say which session and agent asked, so that their cost can be summed', async () => {
  await rig.post({ model: 'vendor/claude-opus-5', ...body }, headers, '/v1/messages');
  const ids = { session: agentHeaders['x-claude-code-session-id'], agent: 'agent-7', parentAgent: 'agent-1' };
  expect(rig.requests.at(-1)).toMatchObject(ids);
  await rig.post({ model: 'vendor/m', input: 'hi' }, { session_id: 'codex-1' }, '/v1/responses');
  expect(rig.requests.at(-1)).toMatchObject({ dialect: 'openai-responses', session: 'codex-1' });
  await rig.post({ model: 'vendor/m', ...body }, { 'x-claude-code-session-id': 'a b\t"' }, '/v1/messages');
  expect(rig.requests.at(-1)).not.toHaveProperty('session');
  const records = await rig.records(rig.requests.length);
  expect(records).toContainEqual(expect.objectContaining(ids));
  expect(records.filter(({ session }) => session === 'codex-1')).toHaveLength(1);

  const day = new Date().toISOString().slice(0, 10);
  const report = await fetch(`${rig.url}/admin/v1/usage?from=${day}&to=${day}&by=agent`, {
    headers: { authorization: `Bearer ${MASTER_KEY}` },
  });
  const { data } = (await report.json()) as { data: { value: string; requests: number; tokens: { input: number } }[] };
  const row = data.find(({ value }) => value === 'agent-7')!;
  expect(row.tokens.input).toBe(3 * row.requests);
});
