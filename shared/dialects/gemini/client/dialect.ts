import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { ClientDialect } from '../../dialect.ts';
import { boundFields } from '../../kit/bound-tokens.ts';
import { openaiRateHeaders } from '../../kit/openai/rates.ts';
import type { GeminiGlance } from '../glance.ts';
import { GEMINI } from '../names.ts';
import { errorEvent, errorItem, errorStatus, writeError } from './errors.ts';
import { glance } from './glance.ts';
import { readUrl } from './path.ts';
import { readRequest } from './read/request.ts';
import { writeReply } from './write-reply.ts';
import { streamWriter } from './write-stream.ts';

const shared = {
  name: GEMINI,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError,
  errorStatus,
  // An empty line: Python's client takes a comment for a piece of an answer.
  keepAlive: '\n',
  takesNoComments: true,
  boundTokens,
  // Google has no headers for this.
  rateHeaders: openaiRateHeaders,
} as const;

/** Its streams where they are asked for without `alt=sse`: one JSON list, in which an empty line is nothing either. */
const geminiLists: ClientDialect<GeminiGlance> = {
  ...shared,
  streamType: 'application/json; charset=utf-8',
  errorEvent: errorItem,
};

/** Gemini as callers speak it: Google's SDKs and Gemini CLI. */
export const geminiClient: ClientDialect<GeminiGlance> = {
  ...shared,
  errorEvent,
  at: (url) => (readUrl(url).isEvents ? geminiClient : geminiLists),
};

/** The bound stands inside `generationConfig`, in the spelling that the caller chose. */
function boundTokens(body: JsonObject, most: number): JsonObject {
  const name = body.generation_config === undefined ? 'generationConfig' : 'generation_config';
  const config = isJsonObject(body[name]) ? body[name] : {};
  const field = config.max_output_tokens === undefined ? 'maxOutputTokens' : 'max_output_tokens';
  // Zero means that there is no bound.
  const given = config[field] === 0 ? { ...config, [field]: undefined } : config;
  const set = boundFields(given, [field], most);
  return Object.keys(set).length === 0 ? {} : { [name]: { ...config, ...set } };
}
