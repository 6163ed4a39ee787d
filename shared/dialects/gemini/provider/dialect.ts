import { isJsonObject } from '../../../http/json.ts';
import type { ProviderDialect } from '../../dialect.ts';
import { pathOf } from '../model-path.ts';
import { GEMINI } from '../names.ts';
import { readUsage } from '../usage.ts';
import { geminiCounting } from './counting.ts';
import { geminiEmbeddings } from './embeddings.ts';
import { readError } from './errors.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { takesHosted } from './tools.ts';
import { writeRequest } from './write-request.ts';

/** Gemini as Google speaks it, at the Gemini API and at Vertex AI. */
export const gemini: ProviderDialect = {
  name: GEMINI,
  // Without `alt=sse` a stream is one JSON list.
  path: ({ model, stream }) =>
    stream ? `${pathOf(model)}:streamGenerateContent?alt=sse` : `${pathOf(model)}:generateContent`,
  writeRequest,
  takesHosted,
  readReply,
  usageOf: ({ usageMetadata: counts }) => (isJsonObject(counts) ? readUsage(counts) : undefined),
  streamReader,
  readError,
  takesUrls: /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/)/,
  short: shortRoad,
  embeddings: geminiEmbeddings,
  counting: geminiCounting,
};
