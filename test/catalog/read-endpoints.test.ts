import { expect, test } from 'vitest';
import { endpointFor, urlOf } from '../../shared/catalog/catalog.ts';
import { type ConfigurationError, loadCatalog } from '../../shared/catalog/load.ts';

/** Where a caller of a dialect is served, and by which dialect. */
function served(provider: object, dialect: string, { name = 'deepseek', model = 'm' } = {}): string {
  const catalog = loadCatalog({ providers: { [name]: provider } }, {});
  const target = endpointFor(catalog.resolve(`${name}/${model}`)![0]!, dialect);
  return `${target.provider.dialect.name} ${urlOf(target, false)}`;
}

function problems(provider: object, name = 'deepseek'): readonly string[] {
  try {
    loadCatalog({ providers: { [name]: provider } }, {});
    return [];
  } catch (thrown) {
    return (thrown as ConfigurationError).problems;
  }
}

test.each([
  ['deepseek', 'anthropic', 'anthropic https://api.deepseek.com/anthropic/v1/messages'],
  ['moonshot', 'anthropic', 'anthropic https://api.moonshot.cn/anthropic/v1/messages'],
  ['zhipu', 'anthropic', 'anthropic https://open.bigmodel.cn/api/anthropic/v1/messages'],
  ['minimax', 'anthropic', 'anthropic https://api.minimax.io/anthropic/v1/messages'],
  ['volcengine', 'anthropic', 'anthropic https://ark.cn-beijing.volces.com/api/compatible/v1/messages'],
  ['dashscope', 'anthropic', 'anthropic https://dashscope.aliyuncs.com/api/v2/apps/claude-code-proxy/v1/messages'],
  ['openai', 'openai-responses', 'openai-responses https://api.openai.com/v1/responses'],
  ['openrouter', 'openai-responses', 'openai-responses https://openrouter.ai/api/v1/responses'],
  ['xai', 'openai-responses', 'openai-responses https://api.x.ai/v1/responses'],
  ['groq', 'openai-responses', 'openai-responses https://api.groq.com/openai/v1/responses'],
  ['fireworks', 'openai-responses', 'openai-responses https://api.fireworks.ai/inference/v1/responses'],
  ['deepseek', 'openai-chat', 'openai-chat https://api.deepseek.com/v1/chat/completions'],
  ['deepseek', 'openai-responses', 'openai-chat https://api.deepseek.com/v1/chat/completions'],
])('%s serves callers of %s at %s', (name, dialect, where) => {
  expect(served({}, dialect, { name })).toBe(where);
});

test('Azure and Bedrock’s second endpoint have theirs in the same place, with the same parameters', () => {
  const azure = { parameters: { resource: 'ours' } };
  expect(served(azure, 'openai-responses', { name: 'azure' })).toBe(
    'openai-responses https://ours.openai.azure.com/openai/v1/responses',
  );
  const mantle = { parameters: { region: 'eu-west-1' } };
  expect(served(mantle, 'anthropic', { name: 'bedrock-mantle', model: 'anthropic.claude-x' })).toBe(
    'anthropic https://bedrock-mantle.eu-west-1.api.aws/anthropic/v1/messages',
  );
});

test('at an address of its own, a provider keeps the endpoints beside it and loses the others', () => {
  const baseUrl = 'http://127.0.0.1:9/v1';
  expect(served({ baseUrl }, 'openai-responses', { name: 'openai' })).toBe(`openai-responses ${baseUrl}/responses`);
  expect(served({ baseUrl }, 'anthropic')).toBe(`openai-chat ${baseUrl}/chat/completions`);
  const endpoints = { anthropic: { baseUrl: 'http://127.0.0.1:9/claude' } };
  expect(served({ baseUrl, endpoints }, 'anthropic')).toBe('anthropic http://127.0.0.1:9/claude/messages');
});

test('an endpoint can be added to any provider, with traits of its own, and taken away', () => {
  const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };
  const endpoints = { 'openai-responses': { baseUrl: own.baseUrl, traits: { keepsResponses: true } } };
  expect(served({ ...own, endpoints }, 'openai-responses', { name: 'ours' })).toBe(
    'openai-responses http://127.0.0.1:9/v1/responses',
  );
  const catalog = loadCatalog({ providers: { ours: { ...own, endpoints, traits: { drops: ['seed'] } } } }, {});
  const [target] = catalog.resolve('ours/m')!;
  // Of an endpoint of which nothing else is known, it is not known either that it takes what OpenAI alone takes.
  expect(endpointFor(target!, 'openai-responses').traits).toEqual({
    openaiForms: 'plain',
    keepsResponses: true,
    drops: ['seed'],
  });
  expect(endpointFor(target!, 'openai-chat').traits).toEqual({ drops: ['seed'] });
  expect(served({ endpoints: { anthropic: false } }, 'anthropic')).toBe(
    'openai-chat https://api.deepseek.com/v1/chat/completions',
  );
});

test('with `dialect`, all callers are served in that one', () => {
  const claude = 'anthropic https://api.deepseek.com/anthropic/v1/messages';
  expect(served({ dialect: 'anthropic' }, 'openai-chat')).toBe(claude);
  expect(served({ dialect: 'anthropic' }, 'anthropic')).toBe(claude);
  expect(served({ dialect: 'openai-chat' }, 'anthropic')).toMatch(/^openai-chat /);
});

test('traits of a model reach the endpoint whose dialect has them', () => {
  const models = { m: { targets: 'deepseek/v4', traits: { systemTurns: 'remind', oneChoice: false } } };
  const [target] = loadCatalog({ providers: { deepseek: {} }, models }, {}).resolve('m')!;
  expect(endpointFor(target!, 'anthropic').traits).toMatchObject({ systemTurns: 'remind' });
  expect(endpointFor(target!, 'anthropic').traits).not.toHaveProperty('oneChoice');
  expect(target!.traits).toMatchObject({ oneChoice: false });
});

test.each([
  [{ endpoints: { 'openai-chat': { baseUrl: 'http://a/v1' } } }, /endpoints\.openai-chat: is what the provider itself/],
  [{ endpoints: { 'openai-responses': {} } }, /endpoints\.openai-responses: needs a baseUrl/],
  [{ endpoints: { 'openai-responses': false } }, /endpoints\.openai-responses: has no effect/],
  [{ dialect: 'openai-responses' }, /deepseek\.dialect: it speaks openai-chat, anthropic/],
  [{ dialect: 'anthropic', endpoints: { 'openai-responses': { baseUrl: 'http://a/v1' } } }, /endpoints: has no effect/],
  [{ endpoints: { anthropic: { traits: { oneChoice: true } } } }, /endpoints\.anthropic\.traits\.oneChoice: has no/],
  [{ endpoints: { anthropic: { baseUrl: 'http://{where}/v1' } } }, /endpoints\.anthropic\.parameters\.where: needed/],
  [{ endpoints: { gemini: { baseUrl: 'http://a/v1' } } }, /endpoints/],
])('%j is a mistake', (provider, expected) => {
  expect(problems(provider)).toEqual([expect.stringMatching(expected)]);
});

test('a mistake in what all endpoints share is named once', () => {
  expect(problems({}, 'azure')).toEqual([expect.stringMatching(/^providers\.azure\.parameters\.resource/)]);
});
