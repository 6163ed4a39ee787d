import type { Citation, Signature, ThinkingPart } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject, tryParseExact } from '../../../http/json.ts';
import { freeTextArguments, objectText } from '../../kit/tool-arguments.ts';
import { ISSUER } from '../names.ts';
import { plainForm } from './plain-form.ts';
import { writeSignature } from './signatures.ts';

/** Whether the caller asked to see the model's thinking; elsewhere a client would take it for the answer. */
export function showsThinking(request: JsonObject | undefined): boolean {
  const config = request ? plainForm(request).generationConfig : undefined;
  const thinking = isJsonObject(config) ? config.thinkingConfig : undefined;
  return isJsonObject(thinking) && thinking.includeThoughts === true;
}

interface CallFields {
  id: string;
  name: string;
  arguments: string;
  kind?: 'custom';
  signature?: Signature;
}

/** Writes the parts of one answer in order. What a model thinks before a text or a call is carried by that part's signature. */
export function partWriter(isShown: boolean) {
  let waiting: ThinkingPart[] = [];

  function signed(signature: Signature | undefined, carried: ThinkingPart[]): JsonObject {
    const thoughtSignature = writeSignature({ thinking: carried, ...(signature ? { signature } : {}) });
    return thoughtSignature === undefined ? {} : { thoughtSignature };
  }

  function taken(): ThinkingPart[] {
    const carried = waiting;
    waiting = [];
    return carried;
  }

  return {
    /** Thinking to the end: of Google's own signature as it is, of any other carried by what follows. */
    thinking(part: ThinkingPart): JsonObject[] {
      const { text, signature } = part;
      const isOwn = signature?.issuer === ISSUER;
      if (!isOwn && (text !== '' || signature)) waiting.push(part);
      if (!isShown) return [];
      if (isOwn) return [{ text, thought: true, thoughtSignature: signature.value }];
      return text === '' ? [] : [thought(text)];
    },
    /** A piece of thinking, shown before all of it is known. */
    piece: (text: string): JsonObject[] => (isShown && text !== '' ? [thought(text)] : []),
    text(text: string, signature: Signature | undefined): JsonObject[] {
      if (text === '' && !signature) return [];
      // A vendor that signs nothing wants its thinking back before calls at most.
      const carried = waiting.some((part) => part.signature) ? taken() : [];
      return [{ text, ...signed(signature, carried) }];
    },
    call({ id, name, signature, ...call }: CallFields): JsonObject[] {
      return [{ functionCall: { id, name, args: argumentsOf(call) }, ...signed(signature, taken()) }];
    },
    media: (mimeType: string, data: string): JsonObject[] => [{ inlineData: { mimeType, data } }],
  };
}

const thought = (text: string): JsonObject => ({ text, thought: true });

function argumentsOf({ arguments: text, kind }: Pick<CallFields, 'arguments' | 'kind'>): unknown {
  return tryParseExact(kind === 'custom' ? freeTextArguments(text) : objectText(text));
}

/** Places are counted in bytes here, and in UTF-16 units by the hub. */
export function writeCitations(citations: readonly Citation[], text: string): JsonObject {
  if (citations.length === 0) return {};
  const place = (units: number | undefined): number | undefined =>
    units === undefined ? undefined : Buffer.byteLength(text.slice(0, units));
  const citationSources = citations.map(({ url, title, start, end }) => ({
    startIndex: place(start),
    endIndex: place(end),
    uri: url,
    title,
  }));
  return { citationMetadata: { citationSources } };
}

/** From the form in which the hub has them. @see https://ai.google.dev/api/generate-content#LogprobsResult */
export function writeLogprobs(logprobs: unknown): JsonObject {
  const content =
    isJsonObject(logprobs) && Array.isArray(logprobs.content) ? logprobs.content.filter(isJsonObject) : [];
  if (content.length === 0) return {};
  const chosenCandidates = content.map(writeToken);
  const topCandidates = content.map(({ top_logprobs: top }) => ({
    candidates: (Array.isArray(top) ? top.filter(isJsonObject) : []).map(writeToken),
  }));
  return { logprobsResult: { chosenCandidates, topCandidates } };
}

const writeToken = ({ token, logprob }: JsonObject): JsonObject => ({ token, logProbability: logprob });
