import type { ProviderDialect } from '../../dialect.ts';
import { rerank } from '../../kit/operations.ts';
import { COHERE } from '../names.ts';
import { readUsage } from '../usage.ts';
import { cohereEmbeddings } from './embeddings.ts';
import { readError } from './errors.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { writeRequest } from './write-request.ts';

/** Cohere's chat API, version 2, as Cohere and its private deployments speak it. */
export const cohere: ProviderDialect = {
  name: COHERE,
  path: () => '/chat',
  writeRequest,
  readReply,
  usageOf: ({ usage }) => readUsage(usage),
  streamReader,
  readError,
  embeddings: cohereEmbeddings,
  operations: { rerank },
};
