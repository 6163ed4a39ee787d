import { partsOf } from '../../../chat/map-parts.ts';
import type { FilePart, ImagePart, MediaSource, Message, ResultPart, UserPart } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { canonicalSource, imageSource } from '../../../media/sniff.ts';
import { typeOfPart, unsupported, unsupportedContent } from '../../kit/refusals.ts';

/** Refuses, naming its place, every part that Converse has no block for. */
export function refuseUnknownParts(messages: readonly Message[]): void {
  messages.forEach((message, position) => {
    if (message.role === 'system') return;
    partsOf(message).forEach((part, index) => {
      const param = `messages[${position}].content[${index}]`;
      if (part.type === 'native') throw unsupportedContent(typeOfPart(part), param);
      if (message.role === 'assistant') return;
      if (part.type === 'audio') throw unsupportedContent('audio', param);
      if (part.type === 'image') writeImage(part, param);
      if (part.type === 'file') documentFormat(part, param);
    });
  });
}

type Data = Extract<MediaSource, { type: 'data' }>;

/** An image block. Converse takes bytes only; the media type is what the bytes say. */
export function writeImage({ source }: ImagePart, param = 'messages'): JsonObject {
  const { mediaType, data } = bytesOf(imageSource(source, param), 'image', param);
  return { image: { format: mediaType.replace('image/', ''), source: { bytes: data } } };
}

function bytesOf(source: MediaSource, what: string, param: string): Data {
  if (source.type === 'data') return source;
  const form = source.type === 'url' ? 'an address' : 'an id';
  throw unsupported(`The model's provider takes no ${what} by ${form}; send its bytes.`, param);
}

const formats: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/pdf': 'pdf',
    'text/csv': 'csv',
    'application/msword': 'doc',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.ms-excel': 'xls',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    'text/html': 'html',
    'text/plain': 'txt',
    'text/markdown': 'md',
  }),
);

const formatNames = new Set(formats.values());

function documentFormat({ source, name = '' }: FilePart, param: string): { format: string; data: string } {
  const { mediaType, data } = bytesOf(canonicalSource(source), 'file', param);
  const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
  const format = formats.get(mediaType) ?? (formatNames.has(extension) ? extension : undefined);
  if (format) return { format, data };
  const taken = [...formatNames].join(', ');
  throw unsupported(`Invalid file: the model's provider takes ${taken}, and this is ${mediaType}.`, param);
}

/**
 * Writes images and documents. Documents are given the names the vendor wants: of letters, digits, single spaces, hyphens and
 * brackets, and no name twice in a conversation.
 */
export function mediaWriter() {
  const used = new Set<string>();

  function nameOf({ name = '' }: FilePart): string {
    const bare =
      name
        .replace(/\.[A-Za-z0-9]{1,5}$/, '')
        .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
        .trim()
        .slice(0, 180) || 'document';
    let unique = bare;
    for (let again = 2; used.has(unique); again += 1) unique = `${bare} (${again})`;
    used.add(unique);
    return unique;
  }

  return (part: Extract<UserPart | ResultPart, { type: 'image' | 'file' }>): JsonObject => {
    if (part.type === 'image') return writeImage(part);
    const { format, data } = documentFormat(part, 'messages');
    return { document: { format, name: nameOf(part), source: { bytes: data } } };
  };
}
