import type { ChatRequest, Message } from '../../../shared/chat/request.ts';
import { openaiResponses } from '../../../shared/dialects/openai-responses/provider/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

/** Requests of the hub, and what they are written as. */
export const ask = (fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'alias',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  ...fields,
});
export const written = (fields: Partial<ChatRequest> = {}, traits: Traits = {}, model = 'gpt-5') =>
  openaiResponses.writeRequest(ask(fields), { model, traits });
export const bodyOf = (fields: Partial<ChatRequest> = {}, traits: Traits = {}, model = 'gpt-5'): JsonObject =>
  JSON.parse(Buffer.from(written(fields, traits, model).body).toString());
export const inputOf = (messages: Message[], traits: Traits = {}) => bodyOf({ messages }, traits).input;

export const ownSignature = { issuer: 'openai', value: 'gAAA', id: 'rs_1' };
export const call = { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' } as const;
export const result = (parts: { type: 'text'; text: string }[] = [{ type: 'text', text: 'ok' }]): Message => ({
  role: 'tool',
  results: [{ callId: 'c1', parts }],
});
