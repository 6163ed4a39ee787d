import { GatewayError } from '../../errors.ts';
import type { JsonObject } from '../../http/json.ts';
import { checkedInPlace } from '../kit/checked.ts';
import { type WireRequest, wireRequest } from './wire.ts';

/**
 * The request as the schema types it. What is wrong is said in the vendor's form (`messages.1.role: Input should be …`), since
 * Claude Code reads it: a 400 in these words makes it ask again without what is not understood.
 */
export function checkedRequest(body: JsonObject): WireRequest {
  try {
    return checkedInPlace(wireRequest, body);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.param === undefined) throw thrown;
    const param = dotted(thrown.param);
    throw new GatewayError(thrown.kind, `${param}: ${reasonIn(thrown)}`, { param, code: thrown.code });
  }
}

function reasonIn({ message, code }: GatewayError): string {
  if (code === 'missing_required_parameter') return 'Field required';
  if (code === 'empty_array') return 'at least one message is required';
  return message.replace(/^Invalid '[^']*': /, '').replace(/\.$/, '');
}

/** A path as Anthropic writes it: `messages.0.content.1`. */
export const dotted = (param: string): string => param.replace(/\[(\d+)\]/g, '.$1');
