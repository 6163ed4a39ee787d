import type { ChatReply } from '../../../chat/reply.ts';
import { estimateTokens } from '../../../chat/usage.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { fieldsOf } from '../names.ts';
import { errorIn } from './errors.ts';
import { valueAt } from './paths.ts';

/** Reads the answer out of a reply. An error in it, or no answer in it, is the API's failure, never an empty answer. */
export function readReply(body: JsonObject, { id, model, now, memo = {} }: ReadContext): ChatReply {
  const fields = fieldsOf(memo.traits ?? {});
  const error = errorIn(valueAt(body, fields.error));
  if (error) throw error;
  const text = valueAt(body, fields.answer);
  if (typeof text !== 'string') {
    throw new GatewayError('upstream', `The business API answered without a text at '${fields.answer}'.`);
  }
  if (text.trim() === '') throw new GatewayError('upstream', 'The business API answered with an empty text.');
  return {
    id: `chatcmpl-${id}`,
    model,
    created: now,
    choices: [{ parts: [{ type: 'text', text }], finish: 'stop' }],
    usage: {
      input: estimateTokens(memo.sentBytes ?? 0),
      output: estimateTokens(Buffer.byteLength(text)),
      estimated: true,
    },
  };
}
