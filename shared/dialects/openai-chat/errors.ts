import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { cleanMessage } from '../clean-message.ts';

/** OpenAI's `type` and, where it has a fixed one, `code` for each kind of error. */
const names: Record<ErrorKind, { type: string; code: string | null }> = {
  invalid_request: { type: 'invalid_request_error', code: null },
  unauthenticated: { type: 'invalid_request_error', code: null },
  forbidden: { type: 'invalid_request_error', code: null },
  not_found: { type: 'invalid_request_error', code: null },
  model_not_found: { type: 'invalid_request_error', code: 'model_not_found' },
  method_not_allowed: { type: 'invalid_request_error', code: null },
  conflict: { type: 'invalid_request_error', code: null },
  too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  unsupported_media_type: { type: 'invalid_request_error', code: null },
  unprocessable: { type: 'invalid_request_error', code: null },
  rate_limited: { type: 'requests', code: 'rate_limit_exceeded' },
  quota_exceeded: { type: 'insufficient_quota', code: 'insufficient_quota' },
  caller_left: { type: 'invalid_request_error', code: null },
  internal: { type: 'server_error', code: null },
  upstream: { type: 'server_error', code: null },
  upstream_auth: { type: 'server_error', code: 'upstream_auth' },
  overloaded: { type: 'server_error', code: null },
  timeout: { type: 'server_error', code: 'timeout' },
};

/** @see https://platform.openai.com/docs/guides/error-codes */
export function writeError(error: GatewayError): JsonObject {
  const { type, code } = names[error.kind];
  return { error: { message: error.message, type, param: error.param ?? null, code: error.code ?? code } };
}

/** An error told inside a stream; `[DONE]` must not follow it. */
export const errorEvent = (error: GatewayError): string => `data: ${JSON.stringify(writeError(error))}\n\n`;

/**
 * What a provider's error body says, in any of the shapes seen in the field: `{error:{…}}`, an array of it, `{error:"…"}`,
 * `{message}`, `{detail}`, a bare string, HTML. The body itself never leaves.
 */
export function readError(status: number, body: unknown): GatewayError {
  const told = tellingPart(body);
  const message = cleanMessage(messageOf(told)) ?? `The provider answered with status ${status}.`;
  const code = textOf(told.code);
  const type = textOf(told.type);
  const kind = refine(kindOfUpstreamStatus(status), status, code, type);
  if (kind === 'upstream_auth') {
    return new GatewayError(kind, 'The provider refused the key or the rights of this gateway.', {
      code: 'upstream_auth',
    });
  }
  return new GatewayError(kind, message, {
    param: textOf(told.param),
    code: code === undefined || /^\d+$/.test(code) ? undefined : code,
    status: status >= 400 && status < 500 && status !== 408 ? status : undefined,
  });
}

function refine(kind: ErrorKind, status: number, code = '', type = ''): ErrorKind {
  if (code === 'model_not_found' || code === 'DeploymentNotFound') return 'model_not_found';
  if (code === 'insufficient_quota' || type === 'insufficient_quota' || status === 402) return 'quota_exceeded';
  return kind;
}

function tellingPart(body: unknown): JsonObject {
  if (Array.isArray(body)) return tellingPart(body[0]);
  if (typeof body === 'string') return { message: body };
  if (!isJsonObject(body)) return {};
  if (isJsonObject(body.error)) return body.error;
  if (typeof body.error === 'string') return { ...body, message: body.error };
  if (isJsonObject(body.base_resp)) return { message: body.base_resp.status_msg, code: body.base_resp.status_code };
  return body;
}

function messageOf({ message, detail, msg }: JsonObject): string | undefined {
  if (typeof message === 'string') return message;
  if (typeof detail === 'string') return detail;
  if (typeof msg === 'string') return msg;
  if (Array.isArray(detail) && isJsonObject(detail[0])) return textOf(detail[0].msg);
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * An error in a reply or a chunk of status 200: OpenRouter's `error` member, MiniMax's `base_resp`, Qianfan's `error_code`.
 * Its own code tells the status where it is one.
 */
export function errorWithin(body: JsonObject): GatewayError | undefined {
  if (body.error) return readError(statusWithin(body.error), body);
  if (isJsonObject(body.base_resp) && Number(body.base_resp.status_code ?? 0) !== 0) return readError(502, body);
  if (typeof body.error_code === 'number' && body.error_code !== 0) return readError(502, { message: body.error_msg });
  return undefined;
}

function statusWithin(error: unknown): number {
  const code = isJsonObject(error) ? Number(error.code ?? error.status) : Number.NaN;
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : 502;
}
