import { inParallel } from '../async/in-parallel.ts';
import type { Time } from '../async/time.ts';
import { mapParts, type Part, partsOf } from '../chat/map-parts.ts';
import type { ChatRequest, FilePart, ImagePart, MediaSource, Message } from '../chat/request.ts';
import { GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import { checkMediaCount, createMediaBudget, type MediaBudget, type MediaLimits } from './budget.ts';
import type { FetchMedia } from './fetch.ts';

const AT_ONCE = 4;

interface Inlining {
  /** Addresses that the provider fetches by itself. */
  takesUrls: RegExp;
  fetchMedia: FetchMedia;
  limits: MediaLimits;
  signal: AbortSignal;
  time: Pick<Time, 'now'>;
}

/**
 * The request with every image and file that stands there by its address fetched and put in as bytes, but for those addresses
 * that the provider takes. Each is fetched once, all within the limits of a request. A failure names the part; nothing is left
 * out silently.
 */
export async function inlineMedia(request: ChatRequest, inlining: Inlining): Promise<ChatRequest | Refusal> {
  const { takesUrls, limits, time } = inlining;
  const places = [...placesOf(request.messages, takesUrls)];
  if (places.length === 0) return request;
  checkMediaCount(places.length, limits);
  const budget = createMediaBudget(limits, time);
  const fetched = await inParallel(places, AT_ONCE, ([url, param]) => fetchSource(url, param, budget, inlining));
  if (isRefusal(fetched)) return fetched;
  const sources = new Map(places.map(([url], index) => [url, fetched[index]!]));
  return { ...request, messages: request.messages.map((message) => withSources(message, sources)) };
}

/** Addresses to fetch, each with the first place it stands at. */
function placesOf(messages: readonly Message[], takesUrls: RegExp): Map<string, string> {
  const places = new Map<string, string>();
  messages.forEach((message, position) => {
    for (const [index, part] of partsOf(message).filter(isMedia).entries()) {
      const { source } = part;
      if (source.type !== 'url' || takesUrls.test(source.url) || places.has(source.url)) continue;
      places.set(source.url, part.at ?? `messages[${position}].content[${index}]`);
    }
  });
  return places;
}

type Media = ImagePart | FilePart;
const isMedia = (part: Part): part is Media => part.type === 'image' || part.type === 'file';

async function fetchSource(
  url: string,
  param: string,
  budget: MediaBudget,
  { fetchMedia, signal }: Inlining,
): Promise<MediaSource | Refusal> {
  try {
    const { data, contentType } = await fetchMedia(url, signal, { budget });
    const mediaType = contentType.split(';')[0]!.trim() || 'application/octet-stream';
    return { type: 'data', mediaType, data };
  } catch (thrown) {
    const { kind, message, code, cause } = toGatewayError(thrown);
    return refuse(new GatewayError(kind, message, { param, code, cause }));
  }
}

const withSources = (message: Message, sources: ReadonlyMap<string, MediaSource>): Message =>
  mapParts(message, (part) => {
    if (!isMedia(part) || part.source.type !== 'url') return part;
    const source = sources.get(part.source.url);
    return source ? { ...part, source } : part;
  });
