import type { ClientDialect } from '../../dialect.ts';
import { boundFields } from '../../kit/bound-tokens.ts';
import { openaiErrorStatus, writeOpenaiError } from '../../kit/openai/errors.ts';
import { openaiRateHeaders } from '../../kit/openai/rates.ts';
import type { CompletionsGlance } from '../glance.ts';
import { glance, OPENAI_COMPLETIONS, readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';
import { errorEvent, streamWriter } from './write-stream.ts';

/** OpenAI's legacy completions as callers speak them; a chat model answers. */
export const openaiCompletionsClient: ClientDialect<CompletionsGlance> = {
  name: OPENAI_COMPLETIONS,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError: writeOpenaiError,
  errorStatus: openaiErrorStatus,
  errorEvent,
  keepAlive: ': keep-alive\n\n',
  boundTokens: (body, most) => boundFields(body, ['max_tokens'], most),
  rateHeaders: openaiRateHeaders,
};
