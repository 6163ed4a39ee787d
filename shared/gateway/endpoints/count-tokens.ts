import type { Call } from '../../call/call.ts';
import type { Target } from '../../catalog/catalog.ts';
import { anthropicClient } from '../../dialects/anthropic/client/dialect.ts';
import { estimateInput } from '../../dialects/anthropic/client/estimate-input.ts';
import { GatewayError, isRefusal } from '../../errors.ts';
import { editMembers } from '../../http/json-members.ts';
import { jsonOutgoing, type Outgoing } from '../../http/message.ts';
import { forwardedHeaders } from '../../roads/pass-through.ts';
import { plan } from '../../routing/plan.ts';
import { callProvider } from '../../upstream/call-provider.ts';
import { readWhole } from '../../upstream/read-whole.ts';
import { plainGlance, postEndpoint } from '../endpoint.ts';
import type { GatewayPorts } from '../ports.ts';

/**
 * How many tokens a request would be. Where the model's provider counts, it is asked; elsewhere, and where it fails, an
 * estimate is given: Claude Code asks some twenty times at once and only draws a bar with it. It uses no tokens, so
 * nothing is recorded.
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 */
export const countTokens = postEndpoint({
  paths: ['/v1/messages/count_tokens', '/anthropic/v1/messages/count_tokens'],
  dialect: anthropicClient,
  glance(_, { value: { model, messages } }) {
    if (typeof model !== 'string' || model === '') throw missing('model');
    if (!Array.isArray(messages) || messages.length === 0) throw missing('messages');
    return plainGlance(model);
  },
  answer: count,
});

async function count(call: Call, ports: GatewayPorts): Promise<Outgoing> {
  const { model } = call.glance;
  const target = plan({ model }, ports.catalog).targets.find(({ provider }) => provider.dialect.short?.countPath);
  const counted = target ? await askCount(call, target, ports) : undefined;
  if (counted !== undefined) return jsonOutgoing(200, { input_tokens: counted });
  return jsonOutgoing(200, { input_tokens: estimateInput(call.body.value) }, { 'x-sluice-estimated': 'true' });
}

const missing = (param: string): GatewayError =>
  new GatewayError('invalid_request', `${param}: Field required`, { param });

async function askCount(call: Call, target: Target, ports: GatewayPorts): Promise<number | undefined> {
  const { short, name } = target.provider.dialect;
  if (!short?.countPath || name !== call.dialect.name) return undefined;
  const headers = forwardedHeaders(call.http.headers, short);
  const body = editMembers(call.body, { set: { model: JSON.stringify(target.model) }, remove: notCounted });
  const request = { headers, body, path: short.countPath, stream: false };
  const reply = await callProvider({ target, signal: call.signal, sentTwice() {} }, request, ports);
  if (isRefusal(reply)) return undefined;
  const whole = await readWhole(reply);
  if (isRefusal(whole)) return undefined;
  const { input_tokens: count } = whole.value;
  return typeof count === 'number' ? count : undefined;
}

/** What a request has and a count does not take. */
const notCounted: ReadonlySet<string> = new Set(['max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'metadata']);
