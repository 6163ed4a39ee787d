import type { ChatRequest } from '../../../shared/chat/request.ts';
import { anthropic } from '../../../shared/dialects/anthropic/provider/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

/** A model that is asked to think by a budget, and one that takes efforts and no sampling parameters. */
export const OLD = 'claude-sonnet-4-5-20250929';
export const NEW = 'claude-opus-5-5';
export const hi: ChatRequest['messages'] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
export const tool = { kind: 'function' as const, name: 'f', schema: { type: 'object', properties: {} } };

export function send(fields: Partial<ChatRequest>, model = OLD, traits: Traits = {}) {
  const request: ChatRequest = { model: 'alias', stream: false, messages: hi, ...fields };
  const written = anthropic.writeRequest(request, { model, traits });
  const raw = Buffer.from(written.body).toString();
  return { ...written, raw, sent: JSON.parse(raw) as JsonObject & { messages: JsonObject[] } };
}
