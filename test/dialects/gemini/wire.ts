import type { ChatEvent } from '../../../shared/chat/events.ts';
import type { ChatReply } from '../../../shared/chat/reply.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import type { ChatRequest, Message } from '../../../shared/chat/request.ts';
import type { ReadContext, TranslationMemo } from '../../../shared/dialects/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { gemini } from './held.ts';

/** Chunks and streams as Google sends them; synthetic, after the shapes of its documentation: CRLF line ends, no `[DONE]`. */

export const context: ReadContext = { id: 'abc', model: 'fast', now: 1_700_000_000 };
export const withMemo = (memo: TranslationMemo): ReadContext => ({ ...context, memo });

export const usageMetadata = {
  promptTokenCount: 40,
  cachedContentTokenCount: 32,
  candidatesTokenCount: 12,
  thoughtsTokenCount: 30,
  totalTokenCount: 82,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 40 }],
};

export const chunk = (parts: object[], rest: object = {}, usage: object = { promptTokenCount: 40 }): object => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...rest }],
  usageMetadata: usage,
  modelVersion: 'gemini-3-flash',
  responseId: 'resp-1',
});
export const last = (parts: object[] = [], reason = 'STOP'): object =>
  chunk(parts, { finishReason: reason }, usageMetadata);

export const sse = (...chunks: object[]): Buffer =>
  Buffer.from(chunks.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`).join(''));

export const hello = [chunk([{ text: 'Hel' }]), chunk([{ text: 'lo 世界 🌍' }]), last([{ text: '!' }])];
export const twoCalls = [
  chunk([{ text: 'I look it up.', thought: true }]),
  chunk([
    { functionCall: { name: 'weather', args: { city: 'Paris' } }, thoughtSignature: 'c2VhbA==' },
    { functionCall: { name: 'weather', args: { city: 'Rome' } } },
  ]),
  last([{ text: '' }]),
];

/** What a stream of these bytes is read into, cut at the given places. */
export function readBytes(bytes: Buffer, cuts: readonly number[] = [], reading: ReadContext = context): ChatEvent[] {
  const framer = sseFramer();
  const reader = gemini.streamReader(reading);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const pieces = places.slice(1).map((end, position) => bytes.subarray(places[position], end));
  const frames = [...pieces.flatMap((piece) => framer.push(piece)), ...framer.end()];
  return [...frames.flatMap(({ event }) => (event ? reader.read(event) : [])), ...reader.end()];
}

export const readStream = (chunks: object[], reading: ReadContext = context): ChatEvent[] =>
  readBytes(sse(...chunks), [], reading);
export const streamed = (chunks: object[], reading: ReadContext = context): ChatReply =>
  collectReply(readStream(chunks, reading));
export const readWhole = (body: object, reading: ReadContext = context): ChatReply =>
  gemini.readReply(body as Record<string, unknown>, reading);

export const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
export const says = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
export const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: `tool_${id}`, arguments: '{}' })),
});
export const results = (...ids: string[]): Message => ({
  role: 'tool',
  results: ids.map((callId) => ({ callId, parts: [{ type: 'text', text: `result of ${callId}` }] })),
});
export const tool = (name: string, schema?: Record<string, unknown>) =>
  ({ kind: 'function', name, ...(schema ? { schema } : {}) }) as const;

export interface Body {
  systemInstruction?: { parts: { text: string }[] };
  contents: { role: string; parts: Record<string, unknown>[] }[];
  tools?: { functionDeclarations: Record<string, unknown>[] }[];
  toolConfig?: { functionCallingConfig: Record<string, unknown> };
  generationConfig?: Record<string, unknown>;
}

interface Asking extends Partial<ChatRequest> {
  to?: string;
  traits?: Traits;
}

/** What a request is written as, read back. */
export function write({ to = 'gemini-3-flash', traits = {}, ...request }: Asking = {}) {
  const full: ChatRequest = { model: 'fast', messages: [user('Hi')], stream: false, ...request };
  const written = gemini.writeRequest(full, { model: to, traits });
  const text = Buffer.from(written.body).toString('utf8');
  return { ...written, text, body: JSON.parse(text) as Body };
}

export function refusalOf(act: () => unknown): GatewayError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

/** The smallest PNG's first bytes. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ';
export const JPEG = '/9j/4AAQSkZJRgABAQEAYABgAAD/2wBD';
