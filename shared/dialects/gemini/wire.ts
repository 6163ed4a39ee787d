import * as z from 'zod';
import { count, errorValue, text } from '../kit/wire.ts';

/**
 * What is read of Gemini's replies; a chunk of a stream is a reply too. All is optional here and the readers look at each value
 * (`Unchecked`); tests hold every recorded reply against it.
 * @see https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */

const part = z.looseObject({
  text,
  /** The text is thinking. */
  thought: z.boolean().nullish(),
  thoughtSignature: text,
  functionCall: z.looseObject({ id: text, name: text, args: z.looseObject({}).nullish() }).nullish(),
  inlineData: z.looseObject({ mimeType: text, data: text }).nullish(),
});

const citation = z.looseObject({
  startIndex: z.number().nullish(),
  endIndex: z.number().nullish(),
  uri: text,
  title: text,
});

const logprob = z.looseObject({ token: text, logProbability: z.number().nullish() });

/** What the answer rests on, where Google searched the web. */
const grounding = z.looseObject({
  webSearchQueries: z.array(z.string()).nullish(),
  groundingChunks: z.array(z.looseObject({ web: z.looseObject({ uri: text, title: text }).nullish() })).nullish(),
  groundingSupports: z
    .array(
      z.looseObject({
        segment: z.looseObject({ startIndex: z.number().nullish(), endIndex: z.number().nullish() }).nullish(),
        groundingChunkIndices: z.array(z.number()).nullish(),
      }),
    )
    .nullish(),
});

const candidate = z.looseObject({
  index: z.number().nullish(),
  content: z.looseObject({ parts: z.array(part).nullish() }).nullish(),
  finishReason: text,
  finishMessage: text,
  /** The Gemini API calls them `citationSources`, Vertex `citations`. */
  citationMetadata: z
    .looseObject({ citationSources: z.array(citation).nullish(), citations: z.array(citation).nullish() })
    .nullish(),
  groundingMetadata: grounding.nullish(),
  logprobsResult: z
    .looseObject({
      chosenCandidates: z.array(logprob).nullish(),
      topCandidates: z.array(z.looseObject({ candidates: z.array(logprob).nullish() })).nullish(),
    })
    .nullish(),
});

const modalityCount = z.looseObject({ modality: text, tokenCount: count });

const usage = z.looseObject({
  promptTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  toolUsePromptTokenCount: count,
  totalTokenCount: count,
  cachedContentTokenCount: count,
  promptTokensDetails: z.array(modalityCount).nullish(),
  candidatesTokensDetails: z.array(modalityCount).nullish(),
});

export const wireReply = z.looseObject({
  responseId: text,
  modelVersion: text,
  candidates: z.array(candidate.nullable()).nullish(),
  promptFeedback: z.looseObject({ blockReason: text }).nullish(),
  usageMetadata: usage.nullish(),
  error: errorValue,
});

export type WireReply = z.output<typeof wireReply>;
export type WireCandidate = z.output<typeof candidate>;
export type WirePart = z.output<typeof part>;
export type WireUsage = z.output<typeof usage>;
