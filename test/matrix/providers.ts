import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { startSampleBusinessApi } from '../../infra/local/sample-business-api.ts';
import { vectorsFor } from './embeddings-counterpart.ts';
import { providers } from './provider-rows.ts';
import { answers, asJson, failing, RETRY_AFTER } from './scenarios.ts';
import { type Asked, type StandIn, tapWire, type WireTap } from './wire-tap.ts';

export interface Stage {
  taps: ReadonlyMap<string, WireTap>;
  close(): Promise<void>;
}

/** A counterpart for each provider: aimock where it speaks the dialect, the sample of a business API, and vectors of our own. */
export async function startProviders(): Promise<Stage> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 10 });
  mock.on({ predicate: () => true }, answer);
  await mock.start();
  const business = await startSampleBusinessApi();
  const taps = new Map<string, WireTap>();
  for (const { name } of providers) {
    const form = errorForms[name];
    const instead = (asked: Asked) => vectorsFor(asked) ?? (form && errorFor(asked, form));
    taps.set(name, await tapWire(name === 'business' ? business.url : mock.url, instead));
  }
  return {
    taps,
    async close() {
      await Promise.all([...taps.values()].map((tap) => tap.close()));
      await Promise.all([mock.stop(), business.stop()]);
    },
  };
}

/** What any provider says: an error where it is asked for one, a call for the tool it is given, else words. */
function answer({ messages, tools, response_format: format }: ChatCompletionRequest): FixtureResponse {
  const said = JSON.stringify(messages);
  if (said.includes(failing.limited)) {
    const error = { message: answers.limited, type: 'rate_limit_error' };
    return { error, status: 429, retryAfter: RETRY_AFTER };
  }
  if (said.includes(failing.unfit)) {
    return { error: { message: answers.unfit, type: 'invalid_request_error' }, status: 400 };
  }
  if (said.includes('21 degrees')) return { content: answers.toolResult };
  const tool = tools?.[0]?.function;
  if (tool) return { toolCalls: [{ name: tool.name, arguments: '{"city":"Paris"}' }] };
  return { content: format || said.includes(asJson) ? '{"city":"Paris"}' : answers.hello };
}

/** The sample API refuses no request that our callers can send, and aimock writes Cohere's errors in OpenAI's shape. */
const errorForms: Record<string, (message: string) => object> = {
  business: (message) => ({ error: { code: 'no', message } }),
  cohere: (message) => ({ id: 'req-1', message }),
};

function errorFor({ body }: Asked, form: (message: string) => object): StandIn | undefined {
  const said = JSON.stringify(body);
  if (said.includes(failing.limited)) {
    return { status: 429, headers: { 'retry-after': String(RETRY_AFTER) }, body: form(answers.limited) };
  }
  return said.includes(failing.unfit) ? { status: 400, body: form(answers.unfit) } : undefined;
}
