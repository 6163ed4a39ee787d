import type { ClientDialect, UpstreamDialect } from '../dialect.ts';
import { readOpenaiError, writeOpenaiError } from '../openai-errors.ts';
import { errorEvent, errorStatus } from './errors.ts';
import { glance } from './glance.ts';
import { OPENAI_RESPONSES } from './names.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { streamWriter } from './write-stream.ts';

/** OpenAI's Responses as callers speak them, without stored state. */
export const openaiResponsesClient: ClientDialect = {
  name: OPENAI_RESPONSES,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError: writeOpenaiError,
  errorStatus,
  errorEvent,
  keepAlive: ': keep-alive\n\n',
};

/** OpenAI's Responses as providers speak them. */
export const openaiResponses: UpstreamDialect = {
  name: OPENAI_RESPONSES,
  path: () => '/responses',
  writeRequest,
  readReply,
  streamReader,
  readError: readOpenaiError,
  short: shortRoad,
};
