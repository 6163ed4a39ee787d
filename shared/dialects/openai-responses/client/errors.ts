import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import { sseText } from '../../../http/sse.ts';
import type { WrittenSoFar } from '../../dialect.ts';
import { openaiErrorFields, openaiErrorStatus } from '../../kit/openai/errors.ts';
import { writeFailure } from './response-object.ts';

/** An unknown model is the request's fault on this path, unlike on OpenAI's others. */
export const errorStatus = (error: GatewayError): number =>
  error.kind === 'model_not_found' ? (error.quote?.status ?? 400) : openaiErrorStatus(error);

/**
 * The error as a stream's last events: `error`, then the failed response. Its fields stand at the top, as documented, and under
 * `error`, where the official clients look.
 */
export function writeErrorEvent(error: GatewayError, number: number, response: JsonObject): string {
  const fields = openaiErrorFields(error);
  const { code, message, param } = fields;
  const event = { type: 'error', sequence_number: number, code, message, param, error: fields };
  const failed = { type: 'response.failed', sequence_number: number + 1, response };
  return (
    sseText({ event: 'error', data: JSON.stringify(event) }) +
    sseText({ event: 'response.failed', data: JSON.stringify(failed) })
  );
}

/** Goes on with the numbers of the events written so far, and fails the response that was begun. */
export function errorEvent(error: GatewayError, requestId: string, written?: WrittenSoFar): string {
  const begun = written && eventsIn(written.first).find(({ response }) => isJsonObject(response))?.response;
  const numbers = written ? eventsIn(written.last).map(({ sequence_number: number }) => number) : [];
  const last = numbers.findLast((number) => typeof number === 'number') ?? -1;
  const response = isJsonObject(begun) ? begun : { id: requestId.replace(/^req_/, 'resp_'), object: 'response' };
  return writeErrorEvent(error, last + 1, {
    ...response,
    status: 'failed',
    error: writeFailure(error),
    output: [],
  });
}

/** The events in a piece of a stream; frames of ours and of OpenAI's have one line of data each. */
function eventsIn(bytes: Uint8Array): JsonObject[] {
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split(/\r\n|\n|\r/);
  const values = lines.flatMap((line) => (line.startsWith('data:') ? [tryParseJson(line.slice(5))] : []));
  return values.filter(isJsonObject);
}
