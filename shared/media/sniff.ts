import type { MediaSource } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';

/** Media types by the bytes a file begins with; what callers write beside the data is often wrong, and vendors refuse that. */
export function sniffMediaType(base64: string): string | undefined {
  const head = Buffer.from(base64.slice(0, 64), 'base64');
  const latin = head.toString('latin1');
  if (latin.startsWith('\x89PNG')) return 'image/png';
  if (latin.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (latin.startsWith('GIF8')) return 'image/gif';
  if (latin.startsWith('RIFF') && latin.slice(8, 12) === 'WEBP') return 'image/webp';
  if (latin.startsWith('%PDF-')) return 'application/pdf';
  if (latin.startsWith('BM')) return 'image/bmp';
  if (latin.startsWith('II*\0') || latin.startsWith('MM\0*')) return 'image/tiff';
  if (latin.slice(4, 8) === 'ftyp')
    return /^(?:hei[cx]|hev[cx]|mif1|msf1)/.test(latin.slice(8, 12)) ? 'image/heic' : isoMedia(latin);
  if (/^\s*(?:<\?xml|<svg)/i.test(latin.replace(/^\xef\xbb\xbf/, ''))) return 'image/svg+xml';
  return undefined;
}

const isoMedia = (latin: string): string => (latin.slice(8, 12).startsWith('avi') ? 'image/avif' : 'video/mp4');

/**
 * Bytes as plain base64 and with the type they really have: data URLs are taken apart whatever their form (parameters, no
 * `;base64`, line breaks, the URL-safe alphabet), `image/jpg` is `image/jpeg`. Addresses and ids stay as they are.
 */
export function canonicalSource(source: MediaSource): MediaSource {
  if (source.type === 'id') return source;
  if (source.type === 'url') return /^data:/i.test(source.url) ? readDataUrl(source.url) : source;
  const data = plainBase64(source.data);
  return { type: 'data', mediaType: sniffMediaType(data) ?? plainType(source.mediaType), data };
}

function readDataUrl(url: string): MediaSource {
  const comma = url.indexOf(',');
  const head = comma === -1 ? url : url.slice(0, comma);
  const data = plainBase64(comma === -1 ? '' : url.slice(comma + 1));
  return { type: 'data', mediaType: sniffMediaType(data) ?? plainType(head.slice('data:'.length)), data };
}

const typeNames: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
};

function plainType(mediaType: string): string {
  const plain = mediaType.split(';')[0]!.trim().toLowerCase();
  return typeNames[plain] ?? (plain === '' ? 'application/octet-stream' : plain);
}

/**
 * Base64 without white space, in the standard alphabet, with its padding; what is so already is not copied. Byte by byte in one
 * buffer: a text of escapes (`%41`) would make `replace` hold a match for every three characters, gigabytes of them.
 */
function plainBase64(text: string): string {
  if (!/[^A-Za-z0-9+/=]/.test(text)) return text;
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let byte = bytes[at]!;
    if (byte === PERCENT) {
      const value = hexByte(bytes[at + 1], bytes[at + 2]);
      if (value !== undefined) {
        byte = value;
        at += 2;
      }
    }
    if (byte === SPACE || (byte >= TAB && byte <= CR)) continue;
    bytes[length] = byte === MINUS ? PLUS : byte === UNDERSCORE ? SLASH : byte;
    length += 1;
  }
  while (length > 0 && bytes[length - 1] === EQUALS) length -= 1;
  return bytes.toString('latin1', 0, length).padEnd(Math.ceil(length / 4) * 4, '=');
}

const [TAB, CR, SPACE, PERCENT, PLUS, MINUS, SLASH, EQUALS, UNDERSCORE] = [9, 13, 32, 37, 43, 45, 47, 61, 95] as const;

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const [first, second] = [hexDigit(high), hexDigit(low)];
  return first === undefined || second === undefined ? undefined : first * 16 + second;
}

function hexDigit(byte = 0): number | undefined {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : undefined;
}

/** What Anthropic, Bedrock and OpenAI all take. */
export const commonImageTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** An image's source in canonical form. Refuses, naming the part, bytes of a type that is not among those. */
export function imageSource(
  source: MediaSource,
  param: string,
  types: ReadonlySet<string> = commonImageTypes,
): MediaSource {
  const canonical = canonicalSource(source);
  if (canonical.type !== 'data' || types.has(canonical.mediaType)) return canonical;
  const names = [...types].map((type) => type.replace('image/', '')).join(', ');
  throw new GatewayError(
    'invalid_request',
    `Invalid image: the model's provider takes ${names}, and this is ${canonical.mediaType}.`,
    { param, code: 'unsupported_value' },
  );
}
