import type { ChatReply, Choice } from '../../../chat/reply.ts';
import type { AssistantPart } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { GEMINI, writeFinish } from '../names.ts';
import { writeUsage } from '../usage.ts';
import { partWriter, showsThinking, writeCitations, writeLogprobs } from './write-parts.ts';

/** Writes a whole reply for a caller. */
export function writeReply(reply: ChatReply, { request }: DialectContext): JsonObject {
  const isShown = showsThinking(request);
  return {
    candidates: reply.choices.map((choice, index) => writeCandidate(choice, index, isShown)),
    usageMetadata: writeUsage(reply.usage ?? { input: 0, output: 0 }),
    modelVersion: reply.model,
    responseId: reply.id,
  };
}

function writeCandidate({ parts, finish, logprobs }: Choice, index: number, isShown: boolean): JsonObject {
  const writer = partWriter(isShown);
  const texts = parts.filter((part) => part.type === 'text');
  const text = texts.map((part) => part.text).join('');
  const isRefused = parts.some(({ type }) => type === 'refusal');
  return {
    content: contentOf(parts.flatMap((part) => writePart(part, writer))),
    finishReason: writeFinish(isRefused ? 'refused' : finish),
    index,
    ...writeCitations(
      texts.flatMap(({ citations = [] }) => citations),
      text,
    ),
    ...writeLogprobs(logprobs),
  };
}

/** Clients look at the first part of an answer: one of nothing is an empty text. */
export const contentOf = (parts: JsonObject[]): JsonObject => ({
  parts: parts.length === 0 ? [{ text: '' }] : parts,
  role: 'model',
});

function writePart(part: AssistantPart, writer: ReturnType<typeof partWriter>): JsonObject[] {
  switch (part.type) {
    case 'text':
      return writer.text(part.text, part.signature);
    case 'refusal':
      return writer.text(part.text, undefined);
    case 'thinking':
      return writer.thinking(part);
    case 'tool-call':
      return writer.call(part);
    case 'image':
    case 'audio':
      return part.source.type === 'data' ? writer.media(part.source.mediaType, part.source.data) : [];
    case 'hosted-call':
      return [];
    case 'native':
      return part.native.dialect === GEMINI ? [withoutType(part.native.fields)] : [];
  }
}

const withoutType = ({ type: _, ...fields }: JsonObject): JsonObject => fields;
