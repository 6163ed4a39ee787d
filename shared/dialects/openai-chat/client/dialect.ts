import type { ClientDialect } from '../../dialect.ts';
import { boundFields } from '../../kit/bound-tokens.ts';
import { openaiErrorStatus, writeOpenaiError } from '../../kit/openai/errors.ts';
import { openaiRateHeaders } from '../../kit/openai/rates.ts';
import { errorEvent } from '../errors.ts';
import type { ChatGlance } from '../glance.ts';
import { OPENAI_CHAT } from '../names.ts';
import { glance } from './glance.ts';
import { readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';
import { streamWriter } from './write-stream.ts';

/** OpenAI chat completions as callers speak them. */
export const openaiChatClient: ClientDialect<ChatGlance> = {
  name: OPENAI_CHAT,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError: writeOpenaiError,
  errorStatus: openaiErrorStatus,
  errorEvent,
  keepAlive: ': keep-alive\n\n',
  boundTokens: (body, most) => boundFields(body, ['max_completion_tokens', 'max_tokens'], most),
  rateHeaders: openaiRateHeaders,
};
