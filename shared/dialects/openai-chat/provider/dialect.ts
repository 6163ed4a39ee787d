import type { ProviderDialect } from '../../dialect.ts';
import { readOpenaiError } from '../../kit/openai/errors.ts';
import { openaiOperations } from '../../kit/operations.ts';
import { OPENAI_CHAT } from '../names.ts';
import { readUsage } from '../usage.ts';
import { openaiEmbeddings } from './embeddings.ts';
import { takesHosted } from './hosted-tools.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeRequest } from './write-request.ts';

/** OpenAI chat completions as providers speak them. */
export const openaiChat: ProviderDialect = {
  name: OPENAI_CHAT,
  path: () => '/chat/completions',
  writeRequest,
  takesHosted,
  readReply,
  usageOf: readUsage,
  streamReader,
  readError: readOpenaiError,
  short: shortRoad,
  embeddings: openaiEmbeddings,
  operations: openaiOperations,
};
