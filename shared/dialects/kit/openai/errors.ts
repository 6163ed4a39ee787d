import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { pathText } from '../checked.ts';
import { cleanMessage, cleanName } from '../clean-message.ts';
import { finerKind, isTooLong } from '../error-causes.ts';
import { answeredWith, errorFields, quoteOf, refusedKey, withoutStatus, wordingOf } from '../provider-failures.ts';
import { entryOf, filled as filledText, wordOf } from '../read-values.ts';

/** OpenAI's `type` and, where it has a fixed one, `code` for each kind of error: the same on all its paths. */
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
  // opencode asks a `server_error` again without end, whatever its status.
  upstream_auth: { type: 'invalid_request_error', code: 'upstream_auth' },
  overloaded: { type: 'server_error', code: null },
  timeout: { type: 'server_error', code: 'timeout' },
};

const FORMAT = 'openai';

/** What stands under `error`: `message`, `type`, `param`, `code`; as a provider of this format wrote them, where it did. */
export function openaiErrorFields(error: GatewayError): JsonObject {
  const { type, code } = names[error.kind];
  const wording = error.quote?.wording;
  if (wording?.format === FORMAT) {
    const { code: theirs = null, type: theirType, ...fields } = wording.fields;
    // Some write the status as their code: then what the gateway knows is finer.
    return {
      type: theirType ?? type,
      param: null,
      ...fields,
      code: typeof theirs === 'string' ? theirs : (error.code ?? code ?? theirs),
    };
  }
  return { message: error.message, type, param: error.param ?? null, code: error.code ?? code };
}

/** @see https://platform.openai.com/docs/guides/error-codes */
export const writeOpenaiError = (error: GatewayError): JsonObject => ({ error: openaiErrorFields(error) });

/** What can be read off a code where no status came with it: an error inside a stream or a failed reply. */
const statusOfCode: Record<string, number> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  slow_down: 429,
  server_is_overloaded: 503,
  context_length_exceeded: 400,
  invalid_prompt: 400,
  cyber_policy: 400,
  bio_policy: 400,
  model_not_found: 404,
};

/** An error without a status; codes of a caller's mistake begin with `invalid_`, `unsupported_` or `image_`. */
export function readStatuslessError(error: unknown): GatewayError {
  const fields = isJsonObject(error) ? error : { message: error };
  const code = filled(fields.code) ?? filled(fields.type) ?? '';
  const status = entryOf(statusOfCode, code) ?? (/^(?:invalid_|unsupported_|image_)/.test(code) ? 400 : 502);
  // An event is of type `error` itself, which says nothing of the error.
  const { type, ...rest } = fields;
  const named = type === 'error' ? rest : fields;
  return withoutStatus(readOpenaiError(status, { error: named }));
}

/** The status of the answer: the provider's own where its wording is passed on. */
export const openaiErrorStatus = ({ status, quote }: GatewayError): number =>
  (quote?.wording?.format === FORMAT ? quote.status : undefined) ?? status;

/**
 * What a provider's error body says, in the shapes that servers of OpenAI's dialects use: `{error:{…}}`, `{error:"…"}`, a list
 * of them, `{message}`, `{detail}`, a bare string, HTML. The body itself never leaves.
 */
export function readOpenaiError(status: number, body: unknown): GatewayError {
  const fields = errorFields(body);
  const ownCode = filled(fields.code);
  const said = sentenceIn(fields);
  const sentence = cleanMessage(said.sentence);
  const signs = { status, sentence, code: ownCode, type: filled(fields.type) };
  const kind = finerKind(kindOfUpstreamStatus(status), signs);
  if (kind === 'upstream_auth') return refusedKey();
  const message = sentence ?? answeredWith(status);
  const param = filled(fields.param) ?? said.place;
  const code = kind === 'invalid_request' && isTooLong(sentence) ? 'context_length_exceeded' : ownCode;
  return new GatewayError(kind, message, {
    param: param && cleanName(param),
    code: code === undefined || /^\d+$/.test(code) ? undefined : cleanName(code),
    quote: quoteOf(kind, sentence, { status, wording: wordingOf(FORMAT, body, ['type', 'param', 'code']) }),
    status: status >= 400 && status < 500 && status !== 408 && kind !== 'model_not_found' ? status : undefined,
    retryAfter: kind === 'rate_limited' ? secondsIn(message) : undefined,
  });
}

/** Its sentence, and the place that a failed validation names: its list of details may be nested in the message. */
function sentenceIn({ message, detail, msg }: JsonObject): { sentence?: string | undefined; place?: string } {
  const sentence = [message, detail, msg].find((text) => typeof text === 'string');
  if (sentence !== undefined) return { sentence };
  const details = isJsonObject(message) ? message.detail : detail;
  const first: unknown = Array.isArray(details) ? details[0] : details;
  if (!isJsonObject(first)) return { sentence: filledText(first) };
  const path = Array.isArray(first.loc) ? first.loc.filter((step) => step !== 'body') : [];
  return { sentence: filledText(first.msg), ...(path.length > 0 ? { place: pathText(path.map(stepOf)) } : {}) };
}

const stepOf = (step: unknown): string | number => (typeof step === 'number' ? step : wordOf(step));

const filled = (value: unknown): string | undefined => filledText(typeof value === 'number' ? String(value) : value);

/** Inside a stream no header can say when to come back; OpenAI says it in the message: `Please try again in 1.2s.` */
function secondsIn(message: string): number | undefined {
  const found = /try again in (\d+(?:\.\d+)?)\s?(ms|s)\b/i.exec(message);
  if (!found) return undefined;
  return Number(found[1]) / (found[2]?.toLowerCase() === 'ms' ? 1000 : 1);
}
