import type { ChatEvent } from '../../../chat/events.ts';
import type { Citation, Source } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';

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
