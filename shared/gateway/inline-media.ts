import type { ChatRequest, FilePart, ImagePart, MediaSource, Message, ToolResult } from '../chat/request.ts';
import { GatewayError } from '../errors.ts';
import type { FetchMedia } from './fetch-media.ts';

const AT_ONCE = 4;
/** Pages that providers fetch by themselves, under names that only they understand. */
const foreignSchemes = /^(?:gs|s3):/i;

/**
 * The request with every image and file that stands there by its address fetched and put in as bytes, for a provider that
 * takes only bytes. Each address is fetched once. A failure names the part; nothing is left out silently.
 */
export async function inlineMedia(
  request: ChatRequest,
  fetchMedia: FetchMedia,
  signal: AbortSignal,
): Promise<ChatRequest> {
  const places = placesOf(request.messages);
  if (places.size === 0) return request;
  const sources = new Map<string, MediaSource>();
  const urls = [...places];
  const workers = Array.from({ length: Math.min(AT_ONCE, urls.length) }, async () => {
    for (let next = urls.pop(); next; next = urls.pop()) {
      const [url, param] = next;
      sources.set(url, await fetchSource(url, param, fetchMedia, signal));
    }
  });
  await Promise.all(workers);
  return { ...request, messages: request.messages.map((message) => withSources(message, sources)) };
}

/** Addresses to fetch, each with the first place it stands at. */
function placesOf(messages: readonly Message[]): Map<string, string> {
  const places = new Map<string, string>();
  messages.forEach((message, position) => {
    for (const [index, part] of mediaOf(message).entries()) {
      const { source } = part;
      if (source.type !== 'url' || foreignSchemes.test(source.url) || places.has(source.url)) continue;
      places.set(source.url, part.at ?? `messages[${position}].content[${index}]`);
    }
  });
  return places;
}

type Media = ImagePart | FilePart;
const isMedia = (part: { type: string }): part is Media => part.type === 'image' || part.type === 'file';

function mediaOf(message: Message): Media[] {
  if (message.role === 'tool') return message.results.flatMap(({ parts }) => parts.filter(isMedia));
  return (message.parts as { type: string }[]).filter(isMedia);
}

async function fetchSource(
  url: string,
  param: string,
  fetchMedia: FetchMedia,
  signal: AbortSignal,
): Promise<MediaSource> {
  try {
    const { bytes, contentType } = await fetchMedia(url, signal);
    return {
      type: 'data',
      mediaType: contentType.split(';')[0]!.trim() || 'application/octet-stream',
      data: bytes.toString('base64'),
    };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    throw new GatewayError(thrown.kind, thrown.message, { param, code: thrown.code, cause: thrown.cause });
  }
}

function withSources(message: Message, sources: ReadonlyMap<string, MediaSource>): Message {
  const replace = <Part extends { type: string }>(part: Part): Part => {
    if (!isMedia(part) || part.source.type !== 'url') return part;
    const source = sources.get(part.source.url);
    return source ? { ...part, source } : part;
  };
  if (message.role !== 'tool')
    return { ...message, parts: (message.parts as { type: string }[]).map(replace) } as Message;
  const results = message.results.map((result): ToolResult => ({ ...result, parts: result.parts.map(replace) }));
  return { ...message, results };
}
