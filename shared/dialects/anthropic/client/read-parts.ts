import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  MediaSource,
  NativePart,
  ResultPart,
  Signature,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';
import { ANTHROPIC, isOurSearch, readCitation } from '../names.ts';
import { readSignature } from '../signatures.ts';
import type { WireBlock } from '../wire.ts';
import { isOfToolSearch, readAsText } from './read-native.ts';

/** Blocks of a caller's request as parts of the hub. `at` is the block's path, for errors that name it. */

export function readCache({ cache_control: mark }: JsonObject): { cache?: CacheMark } {
  if (!isJsonObject(mark)) return {};
  return { cache: typeof mark.ttl === 'string' ? { ttl: mark.ttl } : {} };
}

const native = (fields: JsonObject): NativePart => ({ type: 'native', native: { dialect: ANTHROPIC, fields } });

/** A block of the user's or of a result; a document may be several parts. */
export function readUserBlock(block: JsonObject, at: string): Exclude<UserPart, { type: 'audio' }>[] {
  const mark = readCache(block);
  if (block.type === 'text') return [{ type: 'text', text: String(block.text), ...mark }];
  if (block.type === 'image') return [readImage(block, at) ?? native(block)];
  if (block.type === 'document') return readDocument(block, at);
  const told = readAsText(block);
  return [told ? { ...told, ...mark } : native(block)];
}

function readImage(block: JsonObject, at: string): ImagePart | undefined {
  const source = readSource(block.source);
  return source && { type: 'image', source, at, ...readCache(block) };
}

function readSource(source: unknown): MediaSource | undefined {
  if (!isJsonObject(source)) return undefined;
  const { type, data, url, file_id: id, media_type: mediaType } = source;
  if (type === 'base64' && typeof data === 'string') {
    return { type: 'data', mediaType: filled(mediaType) ?? 'application/octet-stream', data };
  }
  if (type === 'url' && typeof url === 'string') return { type: 'url', url };
  if (type === 'file' && typeof id === 'string') return { type: 'id', id };
  return undefined;
}

/** A document of plain text is text to every model; other documents stay files. */
function readDocument(block: JsonObject, at: string): Exclude<UserPart, { type: 'audio' }>[] {
  const { source, title } = block;
  const mark = readCache(block);
  if (isJsonObject(source) && source.type === 'text' && typeof source.data === 'string') {
    const heading = filled(title) ? ` title=${JSON.stringify(title)}` : '';
    return [{ type: 'text', text: `<document${heading}>\n${source.data}\n</document>`, ...mark }];
  }
  if (isJsonObject(source) && source.type === 'content') {
    if (typeof source.content === 'string') return [{ type: 'text', text: source.content, ...mark }];
    const inner = Array.isArray(source.content) ? source.content.filter(isJsonObject) : [];
    return inner.flatMap((part) => readUserBlock(part, at));
  }
  const media = readSource(source);
  if (!media) return [native(block)];
  const { context, citations } = block;
  const file: FilePart = { type: 'file', source: media, at, ...mark };
  if (filled(title)) file.name = String(title);
  if (context != null || citations != null) file.native = { dialect: ANTHROPIC, fields: { context, citations } };
  return [file];
}

export function readResult(block: Extract<WireBlock, { type: 'tool_result' }>, at: string): ToolResult {
  const { tool_use_id: callId, content, is_error: isError } = block as JsonObject;
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as JsonObject[]);
  const parts: ResultPart[] = blocks.flatMap((part, index) => readUserBlock(part, `${at}.content.${index}`));
  return { callId: String(callId), parts, ...(isError === true ? { isError } : {}), ...readCache(block) };
}

/** The blocks of an assistant's message. Signatures of other vendors, which stand before the part they belong to, go back onto it. */
export function readAssistantBlocks(blocks: readonly WireBlock[], at: string): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const waiting: { text?: Signature; call?: Signature } = {};

  function signed(place: 'text' | 'call'): { signature?: Signature } {
    const signature = waiting[place];
    delete waiting[place];
    return signature ? { signature } : {};
  }

  for (const block of blocks as readonly JsonObject[]) {
    if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      const redacted = block.type === 'redacted_thinking';
      const value = filled(redacted ? block.data : block.signature);
      const found = value === undefined ? undefined : readSignature(value);
      if (found && found.place !== 'thinking') waiting[found.place] = found.signature;
      else
        parts.push({
          type: 'thinking',
          text: redacted ? '' : String(block.thinking),
          ...(found ? { signature: found.signature } : {}),
          ...(redacted ? { redacted } : {}),
        });
    } else if (block.type === 'text') {
      const citations = Array.isArray(block.citations)
        ? block.citations.flatMap((cited) => readCitation(cited) ?? [])
        : [];
      parts.push({
        type: 'text',
        text: String(block.text),
        ...readCache(block),
        ...signed('text'),
        ...(citations.length > 0 ? { citations } : {}),
      });
    } else if (block.type === 'tool_use') {
      const { id, name, input } = block;
      parts.push({
        type: 'tool-call',
        id: String(id),
        name: String(name),
        arguments: isJsonObject(input) ? JSON.stringify(input) : '{}',
        ...readCache(block),
        ...signed('call'),
      });
    } else if (block.type === 'image') {
      const image = readImage(block, at);
      if (image) parts.push(image);
    } else if (!isOfToolSearch(block) && !isOurSearch(block)) {
      // What a tool of Anthropic's did means nothing to others: the answer that followed says what came of it.
      const isTrace = /^(?:server_tool_use|mcp_tool_use|\w+_tool_result)$/.test(String(block.type));
      parts.push(isTrace ? { ...native(block), instead: [] } : native(block));
    }
  }
  return parts;
}
