import { defined } from '../../../chat/defined.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import type { Citation, Source } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';

/** Further ones are emitted as often as they come. */
const MOST_SEEN = 10_000;

/** What one answer cites. Metadata is repeated from chunk to chunk; each citation is emitted once. */
export function citationReader() {
  const seen = new Set<string>();

  /** Places are counted in bytes of the answer so far; we count UTF-16 units. */
  return (metadata: unknown, text: string): Citation[] => {
    const fresh = sourcesOf(metadata).filter((source) => {
      const { startIndex, endIndex, uri } = source;
      const key = JSON.stringify([startIndex, endIndex, uri]);
      if (seen.has(key)) return false;
      if (seen.size < MOST_SEEN) seen.add(key);
      return true;
    });
    if (fresh.length === 0) return [];
    const bytes = Buffer.from(text);
    return fresh.map((source) => readCitation(source, bytes));
  };
}

/** The Gemini API calls them `citationSources`, Vertex `citations`. */
function sourcesOf(metadata: unknown): JsonObject[] {
  if (!isJsonObject(metadata)) return [];
  const sources = metadata.citationSources ?? metadata.citations;
  return Array.isArray(sources) ? sources.filter(isJsonObject) : [];
}

function readCitation({ startIndex, endIndex, uri, title }: JsonObject, bytes: Buffer): Citation {
  const place = (index: unknown): number | undefined =>
    typeof index === 'number' ? bytes.toString('utf8', 0, index).length : undefined;
  return defined({
    url: typeof uri === 'string' ? uri : undefined,
    title: typeof title === 'string' ? title : undefined,
    start: place(startIndex ?? 0),
    end: place(endIndex),
  });
}

/** More supports than this are not read. */
const MOST_SUPPORTS = 10_000;

/**
 * What an answer rests on: a citation for each piece of the text and each page it comes from, then the search. Places are counted
 * in bytes of the text.
 * @see https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function readGrounding(metadata: JsonObject, text: string, id: string): ChatEvent[] {
  const pages = listOf(metadata.groundingChunks).map(readPage);
  const queries = (Array.isArray(metadata.webSearchQueries) ? metadata.webSearchQueries : []).flatMap(
    (query) => filled(query) ?? [],
  );
  const bytes = Buffer.from(text);
  const supports = listOf(metadata.groundingSupports).slice(0, MOST_SUPPORTS);
  const citations = supports.flatMap((support) => readSupport(support, pages, bytes));
  const sources = pages.filter((page) => page !== undefined);
  const cited = citations.map((citation): ChatEvent => ({ type: 'citation', citation }));
  if (queries.length === 0 && sources.length === 0) return cited;
  return [...cited, { type: 'hosted-call', id: `ws_${id}`, queries, sources }];
}

const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

/** Its place in the list counts, also where it is no page. */
function readPage({ web }: JsonObject): Source | undefined {
  const url = isJsonObject(web) ? filled(web.uri) : undefined;
  if (url === undefined) return undefined;
  const title = filled((web as JsonObject).title);
  return title === undefined ? { url } : { url, title };
}

function readSupport(
  { segment, groundingChunkIndices: indices }: JsonObject,
  pages: readonly (Source | undefined)[],
  bytes: Buffer,
): Citation[] {
  const { startIndex, endIndex } = isJsonObject(segment) ? segment : {};
  const place = (index: unknown): number => bytes.toString('utf8', 0, typeof index === 'number' ? index : 0).length;
  const [start, end] = [place(startIndex), place(endIndex)];
  const cited = (Array.isArray(indices) ? indices : []).map((index) => pages[index]);
  return cited.flatMap((page) => (page ? [{ ...page, start, end }] : []));
}
