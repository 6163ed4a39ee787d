import { loadCatalog } from '../../shared/catalog/load.ts';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { fitted } from '../../shared/dialects/fit.ts';
import { openaiResponsesClient } from '../../shared/dialects/openai-responses/client/dialect.ts';
import type { JsonObject } from '../../shared/http/json.ts';

/** A request on its way to a target of another vendor: what is left of it, and what the provider gets. */
const { resolve } = loadCatalog({
  providers: {
    anthropic: {},
    gemini: {},
    openrouter: {},
    deepseek: {},
    bedrock: {},
    cohere: {},
    'openai-responses': {},
    plain: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'K' },
  },
});
export const targetOf = (name: string) => resolve(name)![0]!;

export const responses = (fields: JsonObject) =>
  openaiResponsesClient.readRequest({ model: 'm', input: [{ role: 'user', content: 'hi' }], ...fields });
export const messages = (fields: JsonObject) =>
  anthropicClient.readRequest({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...fields });

export function sent(request: ReturnType<typeof responses>, name: string) {
  const target = targetOf(name);
  const { request: own, dropped } = fitted(request, target);
  const written = target.provider.dialect.writeRequest(own, target);
  return { body: JSON.parse(Buffer.from(written.body).toString()), headers: written.headers, dropped };
}
export const refusalOf = (make: () => unknown): unknown => {
  try {
    return make();
  } catch (thrown) {
    return thrown;
  }
};

export const fn = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } };
export const everywhere = [
  'anthropic/claude-sonnet-4-5',
  'gemini/gemini-2.5-flash',
  'openrouter/x',
  'deepseek/x',
  'bedrock/us.anthropic.claude-sonnet-4-5',
  'cohere/command-a',
  'plain/x',
];
