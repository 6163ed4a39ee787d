import type { ChatEvent } from '../../../chat/events.ts';
import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, tryParseExact } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { ReadContext, StreamReader, StreamState } from '../../dialect.ts';
import { brokeOff, notJson } from '../../kit/provider-failures.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readUsage } from '../usage.ts';
import type { WireCandidate, WireReply } from '../wire.ts';
import { errorWithin } from './errors.ts';
import { candidateReader } from './read-candidate.ts';

/**
 * Reads the chunks of `streamGenerateContent`. Nothing marks their end but the end of the connection, which is one only after
 * every answer has its reason.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function streamReader(context: ReadContext): StreamReader {
  const { read, end, state } = chunkReader(context);
  return {
    read({ data }: SseEvent) {
      const chunk = tryParseExact(data);
      if (!isJsonObject(chunk)) throw notJson();
      return read(chunk);
    },
    end,
    state,
  };
}

/** A step machine over replies; a whole one is a stream of one chunk. */
export function chunkReader(context: ReadContext) {
  const candidates = new Map<number, ReturnType<typeof candidateReader>>();
  const bounds = streamBounds();
  let counts: JsonObject = {};
  let started = false;
  let blocked = false;
  let over = false;

  function candidateAt(index: number) {
    const known = candidates.get(index) ?? candidateReader(index, context);
    bounds.parts(candidates.size);
    candidates.set(index, known);
    return known;
  }

  function start(chunk: Unchecked<WireReply>): ChatEvent[] {
    if (started) return [];
    started = true;
    const { responseId, modelVersion } = chunk;
    const id = typeof responseId === 'string' && responseId !== '' ? responseId : `resp_${context.id}`;
    const model = typeof modelVersion === 'string' && modelVersion !== '' ? modelVersion : context.model;
    return [{ type: 'start', id, model, created: context.now }];
  }

  /** Counts are totals so far; a chunk may hold only some of them. */
  function readCounts(usage: unknown): ChatEvent[] {
    if (!isJsonObject(usage)) return [];
    counts = { ...counts, ...usage };
    const read = readUsage(counts);
    return read ? [{ type: 'usage', usage: read }] : [];
  }

  function read(chunk: Unchecked<WireReply>): ChatEvent[] {
    if (over) return [];
    const error = errorWithin(chunk);
    if (error) return fail(error);
    const wire = Array.isArray(chunk.candidates) ? chunk.candidates.filter(isJsonObject) : [];
    blocked ||= isJsonObject(chunk.promptFeedback) && Boolean(chunk.promptFeedback.blockReason);
    const said = wire.flatMap((candidate) => candidateAt(indexOf(candidate)).read(candidate));
    return [...start(chunk), ...said, ...readCounts(chunk.usageMetadata)];
  }

  function fail(error: GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error }];
  }

  const isFinished = (): boolean =>
    candidates.size > 0 && [...candidates.values()].every((reader) => reader.finished());

  /** Nothing marks its last chunk: it is over when its bytes end. */
  const state = (): StreamState => (over ? 'over' : isFinished() ? 'ending' : 'open');

  function end(): ChatEvent[] {
    if (over) return [];
    // A blocked prompt has no answer, and its status is 200.
    if (candidates.size === 0 && blocked) {
      over = true;
      return [{ type: 'finish', reason: 'refused' }];
    }
    if (!isFinished()) return fail(brokeOff());
    over = true;
    const ends = [...candidates.values()].map((reader) => reader.end());
    const failed = ends.find(({ type }) => type === 'error');
    if (failed) return [failed];
    return [...[...candidates.values()].flatMap((reader) => reader.grounded()), ...ends];
  }

  return { read, end, state };
}

const indexOf = ({ index }: Unchecked<WireCandidate>): number => (typeof index === 'number' ? index : 0);
