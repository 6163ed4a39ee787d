import { defined } from '../../../chat/defined.ts';
import type { Citation } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';

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
