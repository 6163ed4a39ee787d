import type { ProviderDialect } from '../../dialect.ts';
import { readError } from '../errors.ts';
import { ANTHROPIC } from '../names.ts';
import { readReply } from './read-reply.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeRequest } from './write-request.ts';

/** Anthropic messages as providers speak them. */
export const anthropic: ProviderDialect = {
  name: ANTHROPIC,
  path: () => '/messages',
  writeRequest,
  readReply,
  streamReader,
  readError,
  short: shortRoad,
};
