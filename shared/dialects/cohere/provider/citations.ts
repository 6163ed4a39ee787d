import type { Citation } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';
import { COHERE } from '../names.ts';

/**
 * A citation of the answer's text, its sources kept whole in `native`. One that stands on thinking or on the plan for a
 * tool has no text in the answer to stand on and is left out.
 * @see https://docs.cohere.com/docs/rag-citations
 */
export function readCitation(wire: unknown, text: string): Citation | undefined {
  if (!isJsonObject(wire)) return undefined;
  if (wire.type === 'PLAN' || wire.type === 'THINKING_CONTENT') return undefined;
  const sources = Array.isArray(wire.sources) ? wire.sources.filter(isJsonObject) : [];
  const named = (name: string) => sources.map((source) => filled(contentOf(source)[name])).find(Boolean);
  const url = named('url');
  // A result of a tool has no title; its id (`weather_1:0`) still says which it was.
  const title = named('title') ?? sources.map(({ id }) => filled(id)).find(Boolean);
  return {
    ...(url ? { url } : {}),
    ...(title ? { title } : {}),
    ...readPlace(wire, text),
    native: { dialect: COHERE, fields: wire },
  };
}

const contentOf = ({ document, tool_output: output }: JsonObject): JsonObject =>
  isJsonObject(document) ? document : isJsonObject(output) ? output : {};

/**
 * Where it stands, in UTF-16 units. Cohere counts characters, which is not the same behind an emoji: the quoted words say
 * which of the two counts fits.
 */
function readPlace({ start, end, text: words }: JsonObject, text: string): Pick<Citation, 'start' | 'end'> {
  if (typeof start !== 'number' || typeof end !== 'number') return {};
  if (typeof words !== 'string' || text.slice(start, end) === words) return { start, end };
  const characters = [...text];
  if (characters.slice(start, end).join('') !== words) return { start, end };
  const from = characters.slice(0, start).join('').length;
  return { start: from, end: from + words.length };
}
