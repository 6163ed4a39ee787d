import type { ClientDialect } from '../../dialect.ts';
import { errorEvent, errorStatus, writeError } from '../errors.ts';
import type { AnthropicGlance } from '../glance.ts';
import { ANTHROPIC } from '../names.ts';
import { estimateInput } from './estimate-input.ts';
import { glance } from './glance.ts';
import { boundTokens, rateHeaders } from './limits.ts';
import { readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';
import { streamWriter } from './write-stream.ts';

/** Anthropic messages as callers speak them. */
export const anthropicClient: ClientDialect<AnthropicGlance> = {
  name: ANTHROPIC,
  glance,
  readRequest,
  writeReply,
  streamWriter,
  writeError,
  errorStatus,
  errorEvent,
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  boundTokens,
  rateHeaders,
  estimateInput,
};
