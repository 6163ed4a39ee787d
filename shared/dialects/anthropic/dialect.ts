import type { ClientDialect, UpstreamDialect } from '../dialect.ts';
import { errorEvent, errorStatus, readError, writeError } from './errors.ts';
import { estimateInput } from './estimate-input.ts';
import { glance } from './glance.ts';
import { ANTHROPIC } from './names.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { streamReader } from './read-stream.ts';
import { shortRoad } from './short-road.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { streamWriter } from './write-stream.ts';

/** Anthropic messages as callers speak them. */
export const anthropicClient: ClientDialect = {
  name: ANTHROPIC,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError,
  errorStatus,
  errorEvent,
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  estimateInput,
};

/** Anthropic messages as providers speak them. */
export const anthropic: UpstreamDialect = {
  name: ANTHROPIC,
  path: () => '/messages',
  writeRequest,
  readReply,
  streamReader,
  readError,
  short: shortRoad,
};
