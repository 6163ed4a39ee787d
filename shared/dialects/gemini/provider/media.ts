import { partsOf } from '../../../chat/map-parts.ts';
import type { AudioPart, FilePart, ImagePart, MediaSource, Message } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { canonicalSource, imageSource } from '../../../media/sniff.ts';
import { typeOfPart, unsupported, unsupportedContent } from '../../kit/refusals.ts';
import { GEMINI } from '../names.ts';

/** @see https://ai.google.dev/gemini-api/docs/image-understanding */
const imageTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif']);

const FILES = 'https://generativelanguage.googleapis.com/v1beta/';

export type Media = ImagePart | AudioPart | FilePart;

/** Refuses, naming its place, what only another dialect has a word for. */
export function refuseForeignParts(messages: readonly Message[]): void {
  messages.forEach((message, position) => {
    partsOf(message).forEach((part, index) => {
      if (part.type !== 'native' || part.native.dialect === GEMINI) return;
      throw unsupportedContent(typeOfPart(part), `messages[${position}].content[${index}]`);
    });
  });
}

/**
 * A part with media in it. Bytes go inline, with the type they really have; files that Google keeps go by their address.
 * Other addresses have been fetched before.
 */
export function writeMedia(part: Media): JsonObject {
  const param = part.at ?? 'messages';
  const source = part.type === 'image' ? imageSource(part.source, param, imageTypes) : canonicalSource(part.source);
  const name = part.type === 'file' ? part.name : undefined;
  if (source.type === 'data') {
    return { inlineData: { mimeType: inlineType(source.mediaType, name), data: source.data } };
  }
  const fileUri = keptFile(source);
  if (fileUri === undefined) {
    const form = source.type === 'url' ? 'address' : 'id';
    throw unsupported(`The model's provider takes no ${part.type} by this ${form} in this form.`, param);
  }
  const mimeType = (source.type === 'url' ? source.mediaType : undefined) ?? typeByName(name ?? fileUri);
  return { fileData: { fileUri, ...(mimeType ? { mimeType } : {}) } };
}

/** Where Google keeps a file: Cloud Storage, or what was uploaded to the Gemini API, under its address or its name. */
function keptFile(source: Exclude<MediaSource, { type: 'data' }>): string | undefined {
  const place = source.type === 'url' ? source.url : source.id;
  if (/^files\/[\w-]+$/.test(place)) return FILES + place;
  return place.startsWith('gs://') || place.startsWith(`${FILES}files/`) ? place : undefined;
}

const types: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  xml: 'text/xml',
  json: 'text/plain',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
};

function typeByName(name: string | undefined): string | undefined {
  const ending = /\.(\w+)$/.exec(name ?? '')?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(types, ending) ? types[ending] : undefined;
}

function inlineType(mediaType: string, name: string | undefined): string {
  if (mediaType === 'application/octet-stream') return typeByName(name) ?? mediaType;
  // Text of a kind that Gemini has no name for is text all the same.
  return mediaType === 'application/json' || mediaType === 'text/markdown' ? 'text/plain' : mediaType;
}
