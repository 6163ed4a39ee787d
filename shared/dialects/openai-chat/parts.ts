import type {
  AudioPart,
  FilePart,
  ImagePart,
  MediaSource,
  NativePart,
  TextPart,
  UserPart,
} from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { OPENAI_CHAT } from './names.ts';
import type { WirePart } from './wire.ts';

/** Reads a content part; one the hub has no word for is kept as it is. */
export function readPart(part: WirePart, at: string): UserPart {
  const mark = readCacheMark(part);
  if (part.type === 'text') return { type: 'text', text: String(part.text), ...mark };
  if (part.type === 'image_url' && isJsonObject(part.image_url)) return { ...readImage(part.image_url), at, ...mark };
  if (part.type === 'input_audio' && isJsonObject(part.input_audio)) return { ...readAudio(part.input_audio), at };
  if (part.type === 'file' && isJsonObject(part.file)) return { ...readFile(part.file), at, ...mark };
  return { type: 'native', native: { dialect: OPENAI_CHAT, fields: part } };
}

/** OpenRouter and others take Anthropic's mark on OpenAI's parts. */
function readCacheMark({ cache_control: mark }: JsonObject): Pick<TextPart, 'cache'> {
  if (!isJsonObject(mark)) return {};
  return { cache: typeof mark.ttl === 'string' ? { ttl: mark.ttl } : {} };
}

function readImage({ url, detail }: JsonObject): ImagePart {
  const source = readAddress(String(url));
  return typeof detail === 'string' ? { type: 'image', source, detail } : { type: 'image', source };
}

function readAudio({ data, format }: JsonObject): AudioPart {
  return { type: 'audio', source: { type: 'data', mediaType: `audio/${format}`, data: String(data) } };
}

function readFile({ file_data: data, file_id: id, filename }: JsonObject): FilePart {
  const name = typeof filename === 'string' ? { name: filename } : {};
  const source: MediaSource =
    typeof data === 'string' ? readAddress(data) : { type: 'id', id: typeof id === 'string' ? id : '' };
  return { type: 'file', source, ...name };
}

/** A data URL as bytes with their type; anything else stays an address. */
export function readAddress(url: string): MediaSource {
  const found = /^data:([^;,]*)(?:;[^;,]*)*?;base64,/i.exec(url.slice(0, 200));
  if (!found) return { type: 'url', url };
  return { type: 'data', mediaType: found[1] || 'application/octet-stream', data: url.slice(found[0].length) };
}

const writeAddress = (source: Exclude<MediaSource, { type: 'id' }>): string =>
  source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;

/** Writes a content part, with its cache mark where the provider takes one; undefined where this dialect has no form for it. */
export function writePart(part: UserPart, takesMarks: boolean): JsonObject | undefined {
  const isMarked = takesMarks && 'cache' in part && part.cache;
  const mark = isMarked ? { cache_control: { type: 'ephemeral', ...part.cache } } : {};
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...mark };
    case 'image':
      return writeImage(part, mark);
    case 'audio':
      return writeAudio(part);
    case 'file':
      return { type: 'file', file: writeFile(part), ...mark };
    case 'native':
      return writeNative(part);
  }
}

function writeImage({ source, detail }: ImagePart, mark: JsonObject): JsonObject | undefined {
  if (source.type === 'id') return undefined;
  return { type: 'image_url', image_url: { url: writeAddress(source), ...(detail ? { detail } : {}) }, ...mark };
}

function writeAudio({ source }: AudioPart): JsonObject | undefined {
  if (source.type !== 'data') return undefined;
  const format = source.mediaType.replace(/^audio\/(?:x-)?/, '').replace('mpeg', 'mp3');
  return { type: 'input_audio', input_audio: { data: source.data, format } };
}

function writeFile({ source, name }: FilePart): JsonObject {
  const data = source.type === 'id' ? { file_id: source.id } : { file_data: writeAddress(source) };
  return { ...data, ...(name ? { filename: name } : {}) };
}

const writeNative = ({ native }: NativePart): JsonObject | undefined =>
  native.dialect === OPENAI_CHAT ? native.fields : undefined;
