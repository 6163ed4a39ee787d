import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../../../chat/request.ts';
import type { WirePart } from '../wire.ts';

type Media = Pick<WirePart, 'inlineData' | 'fileData'>;

const byEnding: Readonly<Record<string, string>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  webp: 'image',
  gif: 'image',
};

/** Bytes or an address in a part, by what its type says it is; undefined where the part holds none. */
export function readMedia({ inlineData, fileData }: Media, at: string): ImagePart | AudioPart | FilePart | undefined {
  if (inlineData) {
    const { mimeType, data, displayName } = inlineData;
    // Some write it as URLs do; bytes are read in either alphabet.
    const source: MediaSource = {
      type: 'data',
      mediaType: mimeType,
      data: data.replaceAll('-', '+').replaceAll('_', '/'),
    };
    return partOf(mimeType, source, { at, name: displayName });
  }
  if (!fileData) return undefined;
  const { fileUri, mimeType, displayName } = fileData;
  const source: MediaSource = { type: 'url', url: fileUri, ...(mimeType ? { mediaType: mimeType } : {}) };
  return partOf(mimeType ?? kindByEnding(fileUri), source, { at, name: displayName });
}

function partOf(
  mediaType: string,
  source: MediaSource,
  { at, name }: { at: string; name: string | null | undefined },
): ImagePart | AudioPart | FilePart {
  const [kind] = mediaType.split('/');
  if (kind === 'image' || kind === 'audio') return { type: kind, source, at };
  return { type: 'file', source, at, ...(name ? { name } : {}) };
}

const kindByEnding = (uri: string): string => {
  const ending = /\.(\w+)(?:[?#]|$)/.exec(uri)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byEnding, ending) ? byEnding[ending]! : 'file';
};
