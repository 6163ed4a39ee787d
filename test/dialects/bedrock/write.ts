import { expect } from 'vitest';
import type { ChatRequest, Message, UserPart } from '../../../shared/chat/request.ts';
import { bedrock } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { GatewayError } from '../../../shared/errors.ts';

export const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const JPEG = '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////';
export const PDF = Buffer.from('%PDF-1.7 synthetic').toString('base64');

// biome-ignore lint/suspicious/noExplicitAny: the vendor's body, looked into at any depth
export type Body = any;

export function write(request: Partial<ChatRequest>, model = SONNET, traits: Traits = {}) {
  const whole: ChatRequest = { model: 'asked', stream: false, messages: [says('Hi')], ...request };
  const { body, ...rest } = bedrock.writeRequest(whole, { model, traits });
  const text = Buffer.from(body).toString('utf8');
  return { ...rest, text, body: JSON.parse(text) as Body };
}

export const says = (...texts: string[]): Message => ({
  role: 'user',
  parts: texts.map((text) => ({ type: 'text', text })),
});
export const shows = (...parts: UserPart[]): Message => ({ role: 'user', parts });
export const answers = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
export const calls = (...named: [id: string, name: string, text?: string][]): Message => ({
  role: 'assistant',
  parts: named.map(([id, name, text = '{}']) => ({ type: 'tool-call', id, name, arguments: text })),
});
export const results = (...given: [id: string, text: string][]): Message => ({
  role: 'tool',
  results: given.map(([callId, text]) => ({ callId, parts: [{ type: 'text', text }] })),
});
export const instructs = (text: string): Message => ({ role: 'system', parts: [{ type: 'text', text }] });
export const weather = {
  kind: 'function',
  name: 'weather',
  schema: { type: 'object', properties: { city: { type: 'string' } } },
} as const;

export function refusal(run: () => unknown): GatewayError {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GatewayError);
    return thrown as GatewayError;
  }
  throw new Error('it was not refused');
}
