import type { GatewayError } from '../../errors.ts';
import { isJsonObject } from '../../http/json.ts';
import { statusOfBaseResp, statusOfCode } from '../kit/error-causes.ts';
import { readOpenaiError, writeOpenaiError } from '../kit/openai/errors.ts';
import { withoutStatus } from '../kit/provider-failures.ts';
import { numberOf } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import type { WireReply } from './wire-reply.ts';

/** An error inside a stream; `[DONE]` must not follow it. */
export const errorEvent = (error: GatewayError): string => `data: ${JSON.stringify(writeOpenaiError(error))}\n\n`;

/**
 * An error in a reply or a chunk of status 200: OpenRouter's `error` member, MiniMax's `base_resp`, Qianfan's `error_code`.
 * Its own code is the status where it is one.
 */
export function errorWithin(body: Unchecked<WireReply>): GatewayError | undefined {
  const { error, base_resp: base, error_code: code } = body;
  if (error) {
    const status = statusOfCode(isJsonObject(error) ? (error.code ?? error.status) : undefined);
    return withoutStatus(readOpenaiError(status, body));
  }
  if (isJsonObject(base) && numberOf(base.status_code ?? 0) !== 0)
    return withoutStatus(readOpenaiError(statusOfBaseResp(base.status_code), { message: base.status_msg }));
  if (typeof code === 'number' && code !== 0) return withoutStatus(readOpenaiError(502, { message: body.error_msg }));
  return undefined;
}
