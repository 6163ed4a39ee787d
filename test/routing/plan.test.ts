import { expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { unknownModel } from '../../shared/dialects/model-path.ts';
import { plan } from '../../shared/routing/plan.ts';

const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };

/** Well-known models: one that sees and calls no tools, one that calls tools and does not see, and one that does neither. */
const [SEES, CALLS, NEITHER] = ['p/qwen-vl-plus', 'p/gpt-3.5-turbo', 'p/deepseek-r1'] as const;

const catalog = loadCatalog({
  providers: { p: own, eyes: own },
  models: {
    described: { targets: [SEES, CALLS], vision: ['eyes/v'] },
    bare: [SEES, CALLS],
    blind: { targets: [CALLS, NEITHER], vision: ['eyes/v'] },
    unable: { targets: [SEES, NEITHER], vision: ['eyes/v'] },
    alone: [CALLS],
  },
});

const named = (model: string, images: { hasImages?: boolean; hasTools?: boolean } = {}) => {
  const { targets, describers } = plan({ model, ...images }, catalog);
  return {
    targets: targets.map((target) => `${target.provider.name}/${target.model}`),
    describers: describers?.map(({ name }) => name),
  };
};

test('a request without images goes to all targets of its model, in order', () => {
  expect(named('described')).toEqual({ targets: [SEES, CALLS], describers: undefined });
  expect(named('described', { hasTools: true })).toEqual({ targets: [SEES, CALLS], describers: undefined });
});

test('a request with images goes to the targets that see, and to no other', () => {
  expect(named('described', { hasImages: true })).toEqual({ targets: [SEES], describers: undefined });
});

test('where no target sees, all are asked and the images are described first', () => {
  expect(named('blind', { hasImages: true })).toEqual({ targets: [CALLS, NEITHER], describers: ['eyes/v'] });
});

test('where those that see cannot call the tools that are given, those that can are asked and the images are described', () => {
  expect(named('described', { hasImages: true, hasTools: true })).toEqual({ targets: [CALLS], describers: ['eyes/v'] });
});

test('where no target can call the tools that are given, all are asked and the images are described', () => {
  const both = { hasImages: true, hasTools: true };
  expect(named('unable', both)).toEqual({ targets: [SEES, NEITHER], describers: ['eyes/v'] });
});

test('where no describer is configured, the images are sent as they are', () => {
  expect(named('alone', { hasImages: true })).toEqual({ targets: [CALLS], describers: undefined });
  expect(named('bare', { hasImages: true, hasTools: true })).toEqual({ targets: [SEES, CALLS], describers: undefined });
});

test('a model that does not exist is refused in the words that clients look for, and a long name is cut', () => {
  expect(() => plan({ model: 'p/' }, catalog)).toThrow(unknownModel('p/'));
  expect(unknownModel('x'.repeat(1000)).message).toBe(
    `The model \`${'x'.repeat(200)}\` does not exist or you do not have access to it.`,
  );
  expect(unknownModel('x')).toMatchObject({ kind: 'model_not_found', code: 'model_not_found' });
});

const vendors = loadCatalog({
  providers: {
    openai: { secret: 'K' },
    groq: { secret: 'K' },
    deepseek: { secret: 'K' },
    mute: { preset: 'openai', secret: 'K', endpoints: { 'openai-responses': false } },
  },
});
const search = { type: 'web_search_20250305', name: 'web_search' };
const lookUp = { name: 'look_up', input_schema: { type: 'object' } };

/** The dialect in which a caller of Anthropic's is served. */
function servedIn(model: string, fields: object): string {
  const body = { model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...fields };
  const request = () => anthropicClient.readRequest(body);
  const { targets } = plan(anthropicClient.glance(body), vendors, { dialect: 'anthropic', request });
  return targets[0]!.provider.dialect.name;
}

test('a tool that the answer must use is sought at the other endpoints of the provider', () => {
  const chosen = { tools: [lookUp, search], tool_choice: { type: 'tool', name: 'web_search' } };
  expect(servedIn('openai/gpt-5', chosen)).toBe('openai-responses');
  expect(servedIn('openai/gpt-5', { tools: [search], tool_choice: { type: 'any' } })).toBe('openai-responses');
  // None of them has it: the refusal says so.
  expect(servedIn('groq/m', chosen)).toBe('openai-chat');
  expect(servedIn('mute/m', chosen)).toBe('openai-chat');
  expect(servedIn('deepseek/m', chosen)).toBe('anthropic');
});

test('a tool that may be left out changes no endpoint, nor do tools that the caller runs', () => {
  expect(servedIn('openai/gpt-5', { tools: [lookUp, search] })).toBe('openai-chat');
  expect(servedIn('openai/gpt-5', { tools: [lookUp, search], tool_choice: { type: 'any' } })).toBe('openai-chat');
  expect(servedIn('openai/gpt-5', { tools: [lookUp], tool_choice: { type: 'any' } })).toBe('openai-chat');
  expect(servedIn('openai/gpt-5', {})).toBe('openai-chat');
});

test('a request in the dialect of its provider is not read', () => {
  const unread = () => {
    throw new Error('read');
  };
  const asked = { model: 'openai/gpt-5', hasTools: true };
  for (const dialect of ['openai-chat', 'openai-responses']) {
    expect(plan(asked, vendors, { dialect, request: unread }).targets[0]!.provider.dialect.name).toBe(dialect);
  }
  expect(() => plan(asked, vendors, { dialect: 'anthropic', request: unread })).toThrow('read');
  // Nor where there is nothing to choose.
  const alone = { ...asked, model: 'mute/gpt-5' };
  expect(() => plan(alone, vendors, { dialect: 'anthropic', request: unread })).not.toThrow();
});
