import { type ChatReply, replayReply } from '../../../chat/reply.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { responseWriter } from './write-stream.ts';

/** Writes a whole reply for a caller: the response that its stream would have ended with. */
export function writeReply(reply: ChatReply, context: DialectContext): JsonObject {
  const writer = responseWriter(context);
  for (const event of replayReply(reply)) if (event.type !== 'error') writer.take(event, () => {});
  return writer.whole();
}
