import type { ChatReply } from '../../../chat/reply.ts';
import type { AssistantPart, Signature, ToolCallPart } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject, tryParseExact } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { ANTHROPIC, messageId, writeCitation, writeSearch, writeStopReason } from '../names.ts';
import { type SignaturePlace, writeSignature } from '../signatures.ts';
import { writeUsage } from '../usage.ts';

/** Writes a whole reply for a caller. An answer of nothing is one empty text: clients look at the first block. */
export function writeReply(reply: ChatReply, { inputEstimate = 0 }: DialectContext): JsonObject {
  const { parts, finish, stopSequence } = reply.choices[0] ?? { parts: [], finish: 'stop' as const };
  const content = parts.flatMap(writePart);
  const refusal = parts.find(({ type }) => type === 'refusal');
  const reason = refusal ? 'refused' : finish;
  return {
    id: messageId(reply.id),
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: content.length === 0 ? [{ type: 'text', text: '' }] : content,
    stop_reason: writeStopReason(reason),
    stop_sequence: finish === 'stop-sequence' ? (stopSequence ?? null) : null,
    stop_details: reason === 'refused' ? stopDetails(refusal?.type === 'refusal' ? refusal.text : null) : null,
    usage: writeUsage(reply.usage ?? { input: inputEstimate, output: 0 }),
  };
}

export const stopDetails = (explanation: string | null): JsonObject => ({
  type: 'refusal',
  category: null,
  explanation,
});

function writePart(part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text': {
      const citations = part.citations?.length ? { citations: part.citations.map(writeCitation) } : {};
      const text = part.text === '' ? [] : [{ type: 'text', text: part.text, ...citations }];
      return [...signatureBefore(part.signature, 'text'), ...text];
    }
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'thinking': {
      const { text, signature, redacted } = part;
      const value = signature ? writeSignature(signature, 'thinking') : '';
      return redacted
        ? [{ type: 'redacted_thinking', data: value }]
        : [{ type: 'thinking', thinking: text, signature: value }];
    }
    case 'tool-call':
      return [...signatureBefore(part.signature, 'call'), writeCall(part)];
    case 'hosted-call':
      return writeSearch(part);
    case 'image':
    case 'audio':
      return [{ type: 'text', text: mediaNote(part.type) }];
    case 'native':
      return part.native.dialect === ANTHROPIC ? [part.native.fields] : [];
  }
}

/** The dialect has no form for images and sounds of a model's: a text says that there was one. */
export const mediaNote = (media: 'image' | 'audio'): string =>
  `[The model answered with ${media}, which cannot be shown here.]`;

/** A signature on a text or a call has no field here: it stands on empty thinking before it, which callers give back. */
function signatureBefore(signature: Signature | undefined, place: SignaturePlace): JsonObject[] {
  return signature ? [{ type: 'thinking', thinking: '', signature: writeSignature(signature, place) }] : [];
}

const writeCall = ({ id, name, arguments: text }: ToolCallPart): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input: inputOf(text),
});

/** Arguments as an object; invalid JSON is wrapped as text. */
export function inputOf(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = tryParseExact(text);
  return isJsonObject(value) ? value : { _raw: text };
}
