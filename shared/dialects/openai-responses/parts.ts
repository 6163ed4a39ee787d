import type { FilePart, ImagePart, MediaSource, UserPart } from '../../chat/request.ts';
import { GatewayError } from '../../errors.ts';
import type { JsonObject } from '../../http/json.ts';
import { canonicalSource, imageSource } from '../../media/sniff.ts';
import { filled } from '../kit/read-values.ts';
import { unsupportedContent } from '../kit/refusals.ts';
import { OPENAI_RESPONSES, readSignature } from './names.ts';
import type { WireContent } from './wire.ts';

/** Reads a content part; one the hub has no word for is kept as it is. `at` is its path in the request. */
export function readContent(part: WireContent, at: string): UserPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: String(part.text), ...readSignature(part) };
    case 'input_image':
      return readImage(part, at);
    case 'input_file':
      return readFile(part, at);
    default:
      return { type: 'native', native: { dialect: OPENAI_RESPONSES, fields: part } };
  }
}

function readImage(part: JsonObject, at: string): ImagePart {
  const detail = filled(part.detail);
  return { type: 'image', source: readSource(part, 'image_url', at), at, ...(detail ? { detail } : {}) };
}

function readFile(part: JsonObject, at: string): FilePart {
  const name = filled(part.filename);
  const data = filled(part.file_data);
  const source: MediaSource = data === undefined ? readSource(part, 'file_url', at) : readData(data, name);
  return { type: 'file', source, at, ...(name ? { name } : {}) };
}

/** A data URL as OpenAI documents it, or bare base64 as its examples have it. */
function readData(data: string, name: string | undefined): MediaSource {
  if (/^data:/i.test(data)) return canonicalSource({ type: 'url', url: data });
  const mediaType = name?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
  return canonicalSource({ type: 'data', mediaType, data });
}

function readSource(part: JsonObject, field: 'image_url' | 'file_url', at: string): MediaSource {
  const url = filled(part[field]);
  if (url !== undefined) return /^data:/i.test(url) ? canonicalSource({ type: 'url', url }) : { type: 'url', url };
  const id = filled(part.file_id);
  if (id !== undefined) return { type: 'id', id };
  throw new GatewayError('invalid_request', `Missing required parameter: '${at}.${field}'.`, {
    param: `${at}.${field}`,
    code: 'missing_required_parameter',
  });
}

/** Writes a content part of a message or a result; refuses, naming it, what this dialect has no form for. */
export function writeContent(part: UserPart, at: string): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text.toWellFormed() };
    case 'image':
      return writeImage(part, part.at ?? at);
    case 'file':
      return writeFile(part);
    case 'audio':
      throw unsupportedContent('audio', part.at ?? at);
    case 'native':
      if (part.native.dialect === OPENAI_RESPONSES) return part.native.fields;
      throw unsupportedContent(String(part.native.fields.type), at);
  }
}

function writeImage({ source, detail }: ImagePart, at: string): JsonObject {
  const canonical = imageSource(source, at);
  const where = canonical.type === 'id' ? { file_id: canonical.id } : { image_url: addressOf(canonical) };
  return { type: 'input_image', ...where, detail: detail ?? 'auto' };
}

/** OpenAI asks for a file's name wherever its bytes are given. */
function writeFile({ source, name }: FilePart): JsonObject {
  const canonical = canonicalSource(source);
  if (canonical.type === 'id') return { type: 'input_file', file_id: canonical.id };
  const named = name ? { filename: name } : {};
  if (canonical.type === 'url') return { type: 'input_file', file_url: canonical.url, ...named };
  const filename = name ?? (canonical.mediaType === 'application/pdf' ? 'file.pdf' : 'file');
  return { type: 'input_file', filename, file_data: addressOf(canonical) };
}

const addressOf = (source: Exclude<MediaSource, { type: 'id' }>): string =>
  source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
