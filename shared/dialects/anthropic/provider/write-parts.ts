import { Buffer } from 'node:buffer';
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  MediaSource,
  ResultPart,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import { type JsonObject, jsonWith } from '../../../http/json.ts';
import { canonicalSource, imageSource } from '../../../media/sniff.ts';
import { textOf } from '../../kit/read-values.ts';
import { unsupportedContent } from '../../kit/refusals.ts';
import { freeTextArguments, objectText } from '../../kit/tool-arguments.ts';
import { ANTHROPIC } from '../names.ts';

/**
 * A content block: its fields, and for a call its arguments as JSON text. They are not read and written anew, since numbers
 * beyond 2^53, the order of keys and a key called `__proto__` would not survive that.
 */
export interface Block {
  fields: JsonObject;
  input?: string;
}

export const blockText = ({ fields, input }: Block): string =>
  input === undefined ? JSON.stringify(fields) : jsonWith(fields, 'input', input);

export function writeCache(mark: CacheMark | undefined): JsonObject {
  if (!mark) return {};
  const ttl = mark.ttl === '5m' || mark.ttl === '1h' ? { ttl: mark.ttl } : {};
  return { cache_control: { type: 'ephemeral', ...ttl } };
}

/** A part of the user's or of a result. Refuses, naming it, what this dialect has no form for. */
export function writeUserPart(part: UserPart | ResultPart): JsonObject {
  const mark = 'cache' in part ? writeCache(part.cache) : {};
  switch (part.type) {
    case 'text':
      if (part.native?.dialect === ANTHROPIC) return { ...part.native.fields, ...mark };
      return { type: 'text', text: part.text, ...mark };
    case 'image':
      return { type: 'image', source: writeImage(part), ...mark };
    case 'file':
      return { ...writeFile(part), ...mark };
    case 'audio':
      throw unsupportedContent('input_audio', part.at ?? 'messages');
    case 'native':
      if (part.native.dialect === ANTHROPIC) return { ...part.native.fields };
      throw unsupportedContent(textOf(part.native.fields.type), 'messages');
  }
}

const writeImage = ({ source, at }: ImagePart): JsonObject => writeSource(imageSource(source, at ?? 'messages'));

function writeSource(source: MediaSource): JsonObject {
  if (source.type === 'url') return { type: 'url', url: source.url };
  if (source.type === 'id') return { type: 'file', file_id: source.id };
  return { type: 'base64', media_type: source.mediaType, data: source.data };
}

function writeFile({ source, name, at, native }: FilePart): JsonObject {
  const canonical = canonicalSource(source);
  if (canonical.type === 'data' && canonical.mediaType.startsWith('image/')) {
    return { type: 'image', source: writeSource(imageSource(canonical, at ?? 'messages')) };
  }
  const own = native?.dialect === ANTHROPIC ? native.fields : {};
  return { type: 'document', source: writeDocument(canonical, at), ...(name ? { title: name } : {}), ...own };
}

function writeDocument(source: MediaSource, at = 'messages'): JsonObject {
  if (source.type !== 'data' || source.mediaType === 'application/pdf') return writeSource(source);
  if (!/^(?:text\/|application\/json$)/.test(source.mediaType)) throw unsupportedContent(source.mediaType, at);
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
}

export function writeResult({ callId, parts, isError, cache }: ToolResult): JsonObject {
  const content = parts.map(writeUserPart);
  return {
    type: 'tool_result',
    tool_use_id: callId,
    ...(content.length === 0 ? {} : { content }),
    ...(isError ? { is_error: true } : {}),
    ...writeCache(cache),
  };
}

/** A part of the assistant's; nothing where it can only be left out. */
export function writeAssistantPart(part: AssistantPart): Block[] {
  switch (part.type) {
    case 'text': {
      const cited = (part.citations ?? []).flatMap(({ native }) =>
        native?.dialect === ANTHROPIC ? [native.fields] : [],
      );
      const citations = cited.length > 0 ? { citations: cited } : {};
      return [{ fields: { type: 'text', text: part.text, ...citations, ...writeCache(part.cache) } }];
    }
    case 'refusal':
      return [{ fields: { type: 'text', text: part.text } }];
    case 'thinking': {
      const value = part.signature?.value ?? '';
      if (part.redacted) return [{ fields: { type: 'redacted_thinking', data: value } }];
      return [{ fields: { type: 'thinking', thinking: part.text, signature: value } }];
    }
    case 'tool-call': {
      const { id, name, kind, cache, arguments: text } = part;
      const input = kind === 'custom' ? freeTextArguments(text) : objectText(text);
      return [{ fields: { type: 'tool_use', id, name, ...writeCache(cache) }, input }];
    }
    case 'native':
      if (part.native.dialect === ANTHROPIC) return [{ fields: { ...part.native.fields } }];
      throw unsupportedContent(textOf(part.native.fields.type), 'messages');
    case 'hosted-call':
    case 'image':
    case 'audio':
      // The vendor takes none in the model's own messages.
      return [];
  }
}
