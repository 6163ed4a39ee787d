import { createHash } from 'node:crypto';
import { mapTools } from '../../../chat/map-parts.ts';
import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type {
  AssistantMessage,
  AssistantPart,
  CacheMark,
  Message,
  ResultPart,
  SystemMessage,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import {
  type AssistantTurn,
  EMPTY_RESULT,
  systemAsReminders,
  type Turn,
  turnsOf,
  type UserTurn,
  withoutEmptyParts,
} from '../../../chat/turns.ts';
import type { JsonObject } from '../../../http/json.ts';
import { FIRST_TURN, GO_ON, userTurn } from '../../kit/prompts.ts';
import { freeTextArguments, objectText } from '../../kit/tool-arguments.ts';
import { plainNames, withLegalToolIds } from '../../kit/tool-names.ts';
import type { Traits } from '../../traits.ts';
import { ISSUER } from '../names.ts';
import { type LazyArray, lazyArray, rawJson } from './json-text.ts';
import { mediaWriter } from './media.ts';
import type { ModelTraits } from './models.ts';

/** Added where a turn holds a document without any text: Converse demands some. */
const SEE_DOCUMENT = 'See the document.';

/** The instructions a conversation begins with. */
export function writeSystem(system: readonly SystemMessage[], modelTraits: ModelTraits): JsonObject[] {
  return withoutEmptyParts(system).flatMap(({ parts }) =>
    parts.flatMap(({ text, cache }) => [{ text }, ...cachePoint(cache, modelTraits)]),
  );
}

/**
 * The conversation after its instructions, as Converse demands it: the sides take turns, the user begins and ends, every call is
 * answered in the next turn, no text is blank, all thinking has its signature.
 */
export function planTurns(rest: readonly Message[], modelTraits: ModelTraits, traits: Traits): Turn[] {
  const linked = withLegalToolIds(repairToolChain(rest), plainNames(64));
  const spoken = systemAsReminders(modelTraits.family === 'mistral' ? withShortIds(linked) : linked);
  const own = spoken.map((message) =>
    message.role === 'assistant' ? ownWords(message, modelTraits.family === 'anthropic', traits) : message,
  );
  return withEnds(turnsOf(withoutEmptyParts(own)), modelTraits);
}

/** The turns, one written after the other: a conversation may have 120,000. */
export function writeTurns(turns: readonly Turn[], modelTraits: ModelTraits): LazyArray {
  const media = mediaWriter();
  function* written(): Generator<JsonObject> {
    for (const turn of turns) yield { role: turn.role, content: writeTurn(turn, modelTraits, media) };
  }
  return lazyArray(written());
}

function writeTurn(turn: Turn, modelTraits: ModelTraits, media: MediaWriter): JsonObject[] {
  if (turn.role === 'user') return writeUser(turn, modelTraits, media);
  return turn.parts.flatMap((part) => writeAssistant(part, modelTraits));
}

/** Mistral's models want ids of exactly nine letters and digits, here as at Mistral itself. */
function withShortIds(messages: readonly Message[]): Message[] {
  const short = (id: string): string => {
    const digest = createHash('sha256').update(id).digest();
    return digest.readBigUInt64BE().toString(36).padStart(9, '0').slice(-9);
  };
  return messages.map((message) =>
    mapTools(message, {
      call: (part) => ({ ...part, id: short(part.id) }),
      result: (result) => ({ ...result, callId: short(result.callId) }),
    }),
  );
}

/** An earlier answer with only those signatures that Claude takes: thinking without one is dropped, never sent as if it had one. */
function ownWords(message: AssistantMessage, takesSignatures: boolean, { thinkingHistory }: Traits): AssistantMessage {
  if (message.parts.every((part) => part.type !== 'thinking' && !(part.type === 'text' && part.signature)))
    return message;
  const keeps = takesSignatures && thinkingHistory !== 'strip';
  const parts = message.parts.flatMap((part): AssistantPart[] => {
    if (part.type === 'thinking') return keeps && part.signature?.issuer === ISSUER ? [part] : [];
    if (part.type !== 'text' || !part.signature) return [part];
    const { signature: _, ...unsigned } = part;
    return [unsigned];
  });
  return { ...message, parts };
}

/** The user's turn comes first; and last, unless the model goes on from its own text. */
function withEnds(turns: readonly Turn[], { prefill }: ModelTraits): Turn[] {
  const opened = turns[0]?.role === 'user' ? [...turns] : [userTurn(FIRST_TURN), ...turns];
  const last = opened.at(-1)!;
  if (last.role === 'user') return opened;
  return prefill ? [...opened.slice(0, -1), trimmedEnd(last)] : [...opened, userTurn(GO_ON)];
}

function trimmedEnd({ parts }: AssistantTurn): AssistantTurn {
  const last = parts.findLastIndex(({ type }) => type === 'text');
  const trim = (part: AssistantPart): AssistantPart =>
    part.type === 'text' ? { ...part, text: part.text.trimEnd() } : part;
  return { role: 'assistant', parts: parts.map((part, index) => (index === last ? trim(part) : part)) };
}

type MediaWriter = ReturnType<typeof mediaWriter>;

function writeUser({ results, parts }: UserTurn, modelTraits: ModelTraits, media: MediaWriter): JsonObject[] {
  const written = [
    ...results.flatMap((result) => writeResult(result, modelTraits, media)),
    ...parts.flatMap((part) => writePart(part, modelTraits, media)),
  ];
  const hasDocument = parts.some(({ type }) => type === 'file');
  const hasText = parts.some(({ type }) => type === 'text');
  return hasDocument && !hasText ? [...written, { text: SEE_DOCUMENT }] : written;
}

function writePart(part: UserPart | ResultPart, modelTraits: ModelTraits, media: MediaWriter): JsonObject[] {
  if (part.type === 'text') return [{ text: part.text }, ...cachePoint(part.cache, modelTraits)];
  // Sound and parts of other dialects were refused by name before.
  if (part.type === 'audio' || part.type === 'native') return [];
  return [media(part), ...cachePoint(part.cache, modelTraits)];
}

/** A cache point stands beside a result, never in it. */
function writeResult(
  { callId, parts, isError, cache }: ToolResult,
  modelTraits: ModelTraits,
  media: MediaWriter,
): JsonObject[] {
  const marks = [cache, ...parts.map((part) => ('cache' in part ? part.cache : undefined))];
  const content = parts.flatMap((part) => writePart(withoutMark(part), modelTraits, media));
  return [
    {
      toolResult: {
        toolUseId: callId,
        content: content.length > 0 ? content : [{ text: EMPTY_RESULT }],
        status: isError ? 'error' : 'success',
      },
    },
    ...cachePoint(
      marks.find((mark) => mark !== undefined),
      modelTraits,
    ),
  ];
}

function withoutMark(part: ResultPart): ResultPart {
  if (!('cache' in part)) return part;
  const { cache: _, ...bare } = part;
  return bare;
}

function writeAssistant(part: AssistantPart, modelTraits: ModelTraits): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ text: part.text }, ...cachePoint(part.cache, modelTraits)];
    case 'refusal':
      return [{ text: part.text }];
    case 'thinking':
      return [writeThinking(part.text, part.redacted ?? false, part.signature?.value ?? '')];
    case 'tool-call': {
      const { id: toolUseId, name, kind, arguments: text } = part;
      const input = rawJson(kind === 'custom' ? freeTextArguments(text) : objectText(text));
      return [{ toolUse: { toolUseId, name, input } }, ...cachePoint(part.cache, modelTraits)];
    }
    case 'image':
    case 'audio':
      // The vendor refuses media among the model's own parts; that there was some is part of the conversation.
      return [{ text: `[${part.type} omitted]` }];
    case 'hosted-call':
    case 'native':
      return [];
  }
}

const writeThinking = (text: string, redacted: boolean, signature: string): JsonObject => ({
  reasoningContent: redacted ? { redactedContent: signature } : { reasoningText: { text, signature } },
});

/** `ttl` only where the model knows more than one. */
export function cachePoint(mark: CacheMark | undefined, { cache }: ModelTraits): JsonObject[] {
  if (!mark || !cache.messages) return [];
  return [{ cachePoint: { type: 'default', ...(mark.ttl && cache.ttl ? { ttl: mark.ttl } : {}) } }];
}

/** Whether the conversation holds calls or results: then Converse wants tools, though this turn may have none. */
export const hasToolBlocks = (turns: readonly Turn[]): boolean =>
  turns.some(
    (turn) => turn.parts.some(({ type }) => type === 'tool-call') || (turn.role === 'user' && turn.results.length > 0),
  );

/**
 * Whether the last answer called tools and its thinking is gone: a client that keeps none took it out. A Claude that thinks
 * with a budget demands them back; it then has to do without thinking for this turn.
 */
export function lacksThinking(turns: readonly Turn[], { thinking }: ModelTraits): boolean {
  const [answer, results] = turns.slice(-2);
  if (thinking !== 'budget' || answer?.role !== 'assistant' || results?.role !== 'user') return false;
  return results.results.length > 0 && answer.parts.find(({ type }) => type !== 'native')?.type !== 'thinking';
}
