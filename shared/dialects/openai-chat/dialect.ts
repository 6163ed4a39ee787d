import type { ClientDialect, UpstreamDialect } from '../dialect.ts';
import { readOpenaiError, writeOpenaiError } from '../openai-errors.ts';
import { openaiEmbeddings } from './embeddings.ts';
import { errorEvent } from './errors.ts';
import { glance } from './glance.ts';
import { OPENAI_CHAT } from './names.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { streamWriter } from './write-stream.ts';

/** OpenAI chat completions as callers speak them. */
export const openaiChatClient: ClientDialect = {
  name: OPENAI_CHAT,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError: writeOpenaiError,
  errorStatus: ({ status }) => status,
  errorEvent,
  keepAlive: ': keep-alive\n\n',
};

/** OpenAI chat completions as providers speak them. */
export const openaiChat: UpstreamDialect = {
  name: OPENAI_CHAT,
  path: () => '/chat/completions',
  writeRequest,
  readReply,
  streamReader,
  readError: readOpenaiError,
  short: shortRoad,
  embeddings: openaiEmbeddings,
};
