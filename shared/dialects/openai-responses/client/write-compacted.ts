import type { ChatReply } from '../../../chat/reply.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { withTrigger } from '../compaction.ts';
import { writeReply } from './write-reply.ts';

/**
 * Writes a summary as the endpoint that is asked for nothing else answers.
 * @see https://platform.openai.com/docs/api-reference/responses/compact
 */
export function writeCompacted(reply: ChatReply, context: DialectContext): JsonObject {
  const response = writeReply(reply, { ...context, request: withTrigger(context.request ?? {}) });
  const { id, created_at, output, usage } = response;
  return { id, object: 'response.compaction', created_at, output, usage };
}
