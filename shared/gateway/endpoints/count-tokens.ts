import { openDeadline } from '../../accounting/account.ts';
import type { Target } from '../../catalog/catalog.ts';
import { estimateInput } from '../../dialects/anthropic/client/estimate-input.ts';
import { GatewayError, isRefusal } from '../../errors.ts';
import type { JsonBody } from '../../http/json.ts';
import { editMembers } from '../../http/json-members.ts';
import { jsonOutgoing, type Outgoing } from '../../http/message.ts';
import { forwardedHeaders } from '../../roads/pass-through.ts';
import { plan } from '../../routing/plan.ts';
import { ask, readWhole } from '../../upstream/ask.ts';
import { contextOf, type Opening, openBody } from '../opening.ts';
import type { Parts } from '../parts.ts';

/**
 * How many tokens a request would be. Where the model's provider counts, it is asked; elsewhere, and where it fails, an honest
 * estimate is better than none: Claude Code asks some twenty times at once and only draws a bar with it. Costs no tokens, so
 * nothing is recorded.
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 */
export async function countTokens(opening: Opening, parts: Parts): Promise<Outgoing> {
  const body = await openBody(opening, parts);
  const { model, messages } = body.value;
  if (typeof model !== 'string' || model === '') throw missing('model');
  if (!Array.isArray(messages) || messages.length === 0) throw missing('messages');
  const target = plan({ model }, parts).targets.find(({ provider }) => provider.dialect.short?.countPath);
  const counted = target ? await askCount(opening, body, target, parts) : undefined;
  if (counted !== undefined) return jsonOutgoing(200, { input_tokens: counted });
  return jsonOutgoing(200, { input_tokens: estimateInput(body.value) }, { 'x-sluice-estimated': 'true' });
}

const missing = (param: string): GatewayError =>
  new GatewayError('invalid_request', `${param}: Field required`, { param });

async function askCount(opening: Opening, body: JsonBody, target: Target, parts: Parts): Promise<number | undefined> {
  const { short, name } = target.provider.dialect;
  if (!short?.countPath || name !== opening.dialect.name) return undefined;
  const { signal, clear } = openDeadline(opening, parts);
  try {
    const context = contextOf(opening, target.model);
    const headers = forwardedHeaders(opening.http.headers, short);
    const edited = editMembers(body, { set: { model: JSON.stringify(target.model) }, remove: notCounted });
    const exchange = { context, stream: false, signal, parts };
    const reply = await ask(exchange, target, { headers, body: edited, path: short.countPath });
    if (isRefusal(reply)) return undefined;
    const whole = await readWhole(reply);
    if (isRefusal(whole)) return undefined;
    const { input_tokens: count } = whole.value;
    return typeof count === 'number' ? count : undefined;
  } finally {
    clear();
  }
}

/** What a request has and a count does not take. */
const notCounted: ReadonlySet<string> = new Set(['max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'metadata']);
