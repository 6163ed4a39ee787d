import { describe, expect, test } from 'vitest';
import type { Traits } from '../../shared/dialects/traits.ts';
import { openDirect, shortest } from '../support/direct.ts';

const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const answer = { id: 'msg_1', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' };

/** Marks in all places that Claude Code puts them, and in a block that only the vendor knows. */
const messages = (model: string, more: object = {}) => ({
  model,
  max_tokens: 9,
  ...mark,
  system: [{ type: 'text', text: 'Be brief.', ...mark }],
  tools: [{ name: 'f', input_schema: { type: 'object', properties: {} }, ...mark }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'hi', ...mark }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'r', ...mark }], ...mark },
        { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }], ...mark },
        { type: 'container_upload', file_id: 'f', ...mark },
      ],
    },
  ],
  ...more,
});

const chat = (model: string) => ({
  model,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', ...mark }] }],
  unknown_field: 1,
});

async function sent(path: string, provider: object, body: object): Promise<{ status: number; text: string }> {
  const { call, asked } = openDirect({
    definition: { providers: { p: { auth: 'none', ...provider } } },
    reply: () => ({
      json: path === '/v1/messages' && 'preset' in provider && provider.preset === 'anthropic' ? answer : shortest,
    }),
  });
  const { status } = await call(path, { body });
  return { status, text: asked[0]?.text ?? '' };
}

const count = (text: string): number => text.split('"cache_control"').length - 1;

describe('cache marks of an Anthropic caller', () => {
  const plain = messages('p/m');
  const asChat = { ...plain, messages: [plain.messages[0]!] };

  test.each<[string, object, number]>([
    ['OpenAI', { preset: 'openai' }, 0],
    ['Mistral', { preset: 'mistral' }, 0],
    ['Groq', { preset: 'groq' }, 0],
    ['a provider of which nothing is known', { baseUrl: 'https://ours.test/v1' }, 0],
    ['one that takes them', { baseUrl: 'https://ours.test/v1', traits: { cacheMarks: 'keep' } }, 2],
    ['OpenRouter', { preset: 'openrouter' }, 2],
  ])('reach %s in OpenAI’s dialect so often: %j, %i', async (_, provider, expected) => {
    const { status, text } = await sent('/v1/messages', provider, asChat);
    expect([status, count(text)]).toEqual([200, expected]);
    if (expected > 0) expect(text).toContain(JSON.stringify(mark).slice(1, -1));
  });

  test('pass with the bytes to a provider of the same dialect, and not to one that refuses them', async () => {
    const given = messages('p/claude-opus-5');
    const kept = await sent('/v1/messages', { preset: 'anthropic' }, given);
    expect(JSON.parse(kept.text)).toEqual({ ...given, model: 'claude-opus-5' });
    const { status, text } = await sent(
      '/v1/messages',
      { preset: 'anthropic', traits: { cacheMarks: 'strip' } },
      given,
    );
    expect([status, count(text)]).toEqual([200, 0]);
    expect(JSON.parse(text)).toMatchObject({
      system: [{ text: 'Be brief.' }],
      tools: [{ name: 'f' }],
      messages: [
        { role: 'user' },
        { role: 'assistant' },
        { content: [{ type: 'tool_result' }, { type: 'search_result' }, { type: 'container_upload' }] },
      ],
    });
  });

  test('are kept where a conversation is written anew for its own dialect, at most four', async () => {
    const given = messages('p/m', { cache_control: undefined });
    const { text } = await sent(
      '/v1/messages',
      { preset: 'anthropic', traits: { thinkingControl: 'none' } },
      {
        ...given,
        messages: [...given.messages, { role: 'system', content: 'In French.' }],
      },
    );
    expect(count(text)).toBe(4);
  });
});

describe('cache marks of an OpenAI caller', () => {
  const ask = (provider: { preset?: string; baseUrl?: string; traits?: Traits }) =>
    sent('/v1/chat/completions', provider, chat('p/m'));

  test('pass with the bytes to a provider of which nothing is known, and to one that takes them', async () => {
    for (const provider of [{ baseUrl: 'https://ours.test/v1' }, { preset: 'openrouter' }])
      expect(JSON.parse((await ask(provider)).text)).toEqual({ ...chat('m') });
  });

  test.each([
    { preset: 'mistral' },
    { preset: 'fireworks' },
    { baseUrl: 'https://ours.test/v1', traits: { cacheMarks: 'strip' as const } },
  ])('do not reach one that refuses them: %j', async (provider) => {
    expect(JSON.parse((await ask(provider)).text)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      unknown_field: 1,
    });
  });
});
