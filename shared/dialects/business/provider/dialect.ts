import type { ProviderDialect } from '../../dialect.ts';
import { BUSINESS } from '../names.ts';
import { readError } from './errors.ts';
import { readReply } from './read-reply.ts';
import { streamReader, wholeFramer } from './read-stream.ts';
import { writeRequest } from './write-request.ts';

/** An in-house API that takes a question and gives an answer: `POST /api/process {query, model_info}` → `{data: {answer}}`. */
export const business: ProviderDialect = {
  name: BUSINESS,
  path: () => '/api/process',
  writeRequest,
  readReply,
  streamReader,
  framer: wholeFramer,
  readError,
};
