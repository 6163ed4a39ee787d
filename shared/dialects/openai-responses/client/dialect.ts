import type { ClientDialect } from '../../dialect.ts';
import { boundFields } from '../../kit/bound-tokens.ts';
import { writeOpenaiError } from '../../kit/openai/errors.ts';
import { openaiRateHeaders } from '../../kit/openai/rates.ts';
import { withTrigger } from '../compaction.ts';
import type { ResponsesGlance } from '../glance.ts';
import { OPENAI_RESPONSES } from '../names.ts';
import { errorEvent, errorStatus } from './errors.ts';
import { glance } from './glance.ts';
import { readRequest } from './read-request.ts';
import { writeCompacted } from './write-compacted.ts';
import { writeReply } from './write-reply.ts';
import { streamWriter } from './write-stream.ts';

/** OpenAI's Responses as callers speak them, without stored state. */
export const openaiResponsesClient: ClientDialect<ResponsesGlance> = {
  name: OPENAI_RESPONSES,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError: writeOpenaiError,
  errorStatus,
  errorEvent,
  keepAlive: ': keep-alive\n\n',
  boundTokens: (body, most) => boundFields(body, ['max_output_tokens'], most),
  rateHeaders: openaiRateHeaders,
  triesSocket: true,
};

/** Summaries of conversations, asked for at a path of their own; never streamed. */
export const openaiResponsesCompaction: ClientDialect<ResponsesGlance> = {
  ...openaiResponsesClient,
  glance: ({ stream: _, ...body }) => ({ ...glance(body), compacts: true, keeps: false }),
  readRequest: ({ stream: _, ...body }) => readRequest(withTrigger(body)),
  writeReply: writeCompacted,
  triesSocket: false,
};
