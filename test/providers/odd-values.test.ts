import { describe, expect, test } from 'vitest';
import { conversationPaths } from '../../shared/dialects/clients.ts';
import type { ReadContext } from '../../shared/dialects/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import { isJsonObject, type JsonObject, tryParseExact } from '../../shared/http/json.ts';
import { type SseEvent, sseFramer } from '../../shared/http/sse.ts';
import { apiNames, expectedOf, jsonOf, missingFiles, streamBytes, targetOf } from './wire.ts';

/**
 * A provider may write anything in place of any value. Whatever it is, it is read as something or refused as the provider's failure; an
 * error of ours would be answered with 500. What has no form as a text or a number is found nowhere else: an integer
 * beyond 2^53, which is kept as its digits, and an object whose members are called as its methods.
 */
const odd: readonly unknown[] = [
  '99999999999999999999',
  '{"toString":1,"valueOf":1}',
  '[[]]',
  'null',
  '1e400',
  '"x"',
  '{}',
].map((text) => tryParseExact(text));

/** The value with each of its inner values replaced in turn by an odd one. */
function* variants(value: unknown): Generator<unknown> {
  const members: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  const withMember = (name: string | number, member: unknown): unknown =>
    Array.isArray(value) ? value.with(name as number, member) : { ...(value as object), [name]: member };
  for (const [name, member] of members) {
    for (const other of odd) yield withMember(name, other);
    for (const inner of variants(member)) yield withMember(name, inner);
  }
}

/** Members by which replies of status 200 say that they are errors, whoever sends them. */
const errors = odd.flatMap((value) => [
  { error: { message: value, code: 5 } },
  { error: { message: 'x', type: value, code: value, status: value, param: value, metadata: value } },
  { error: value },
  { base_resp: { status_code: value, status_msg: value } },
  { error_code: value, error_msg: value },
  { error_code: 5, error_msg: value },
  { type: 'error', error: { type: value, message: value } },
  { message: value },
]);

const problems: string[] = [];

/** What it does, or the kind of error it fails with where that is one of ours. */
function tried<Answer>(what: () => Answer, given: () => string): Answer | undefined {
  try {
    return what();
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) problems.push(`${String(thrown)} for ${given()}`);
    return undefined;
  }
}

test('every preset and endpoint has its material', () => {
  expect(apiNames.flatMap(missingFiles), 'README, "Add a provider", says what is in each').toEqual([]);
});

describe.each(apiNames.filter((api) => missingFiles(api).length === 0))('%s', (preset) => {
  const { dialect } = targetOf(preset, expectedOf(preset).model).provider;
  const { model } = expectedOf(preset);
  const context: ReadContext = { id: 'req1', model, now: 1_760_000_000 };
  const clientContext = { ...context, request: {} };
  const shown = (value: unknown) => () => JSON.stringify(value).slice(0, 400);

  test('whatever stands in a reply, it is read and written for every caller, or refused', () => {
    problems.length = 0;
    const sample: JsonObject = jsonOf(preset, 'reply.json');
    for (const value of [...variants(sample), ...errors, ...errors.map((error) => ({ ...sample, ...error }))]) {
      const reply = tried(() => dialect.readReply(value as JsonObject, context), shown(value));
      if (!reply) continue;
      for (const client of conversationPaths) {
        tried(
          () => JSON.stringify(client.dialect.writeReply(reply, clientContext)),
          shown([client.dialect.name, value]),
        );
      }
    }
    expect(problems.slice(0, 5)).toEqual([]);
  });

  test('whatever stands in an error, it is read', () => {
    problems.length = 0;
    const { status, headers = {}, body } = jsonOf(preset, 'error.json');
    for (const value of [...variants(body), ...errors, ...odd])
      tried(() => dialect.readError(Math.max(status, 400), value, headers), shown(value));
    expect(problems.slice(0, 5)).toEqual([]);
  });

  test('whatever stands in an event, it is read or refused', () => {
    problems.length = 0;
    const framer = dialect.framer?.() ?? sseFramer();
    const events = [...framer.push(streamBytes(preset)), ...framer.end()].flatMap(({ event }) => event ?? []);
    const read = (changed: readonly SseEvent[], value: unknown): void => {
      const reader = dialect.streamReader(context);
      for (const event of changed) tried(() => reader.read(event), shown(value));
      tried(() => reader.end(), shown(value));
    };
    for (const [at, event] of events.entries()) {
      const data = tryParseExact(event.data);
      if (!isJsonObject(data)) continue;
      for (const value of [...variants(data), ...errors])
        read(events.with(at, { ...event, data: JSON.stringify(value) }), value);
    }
    expect(problems.slice(0, 5)).toEqual([]);
  });
});
