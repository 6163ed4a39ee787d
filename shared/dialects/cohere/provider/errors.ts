import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../../errors.ts';
import { isJsonObject } from '../../../http/json.ts';
import { cleanMessage } from '../../kit/clean-message.ts';
import { answeredWith, quoteOf, refusedKey } from '../../kit/provider-failures.ts';

/** What Cohere's error body says: `{id, message}`; a proxy before it may say anything. */
export function readError(status: number, body: unknown): GatewayError {
  const sentence = typeof body === 'string' ? body : isJsonObject(body) ? (body.message ?? body.error) : undefined;
  const message = cleanMessage(typeof sentence === 'string' ? sentence : undefined);
  const kind = refine(kindOfUpstreamStatus(status), status, message ?? '');
  if (kind === 'upstream_auth') return refusedKey();
  return new GatewayError(kind, message ?? answeredWith(status), {
    code: codeOf(kind, message ?? ''),
    quote: quoteOf(kind, message, { status }),
    status:
      status >= 400 && status < 500 && kind === kindOfUpstreamStatus(status) && status !== 408 ? status : undefined,
  });
}

/** Statuses of Cohere's own: 498 is a bad token, 499 a request that it ended itself. */
function refine(kind: ErrorKind, status: number, message: string): ErrorKind {
  if (status === 498) return 'upstream_auth';
  if (status === 499) return 'upstream';
  if (status === 402) return 'quota_exceeded';
  if ((status === 404 || status === 400) && /\bmodel\b/i.test(message) && /\bnot found\b/i.test(message))
    return 'model_not_found';
  return kind;
}

function codeOf(kind: ErrorKind, message: string): string | undefined {
  if (kind === 'model_not_found') return 'model_not_found';
  return kind === 'invalid_request' && /too many tokens|context (?:length|window)/i.test(message)
    ? 'context_length_exceeded'
    : undefined;
}
