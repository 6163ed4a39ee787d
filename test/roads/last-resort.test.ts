import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../shared/errors.ts';
import { lastResort } from '../../shared/roads/last-resort.ts';
import { callOf } from '../support/calls.ts';
import { piecesOf } from '../support/streams.ts';
import { targetOf } from '../support/targets.ts';

const plain = targetOf('a/m');
const spoken = targetOf('b/m', { traits: { fallbackText: 'Later, please.' } });
const error = (kind: ErrorKind): GatewayError => new GatewayError(kind, 'No.');

test.each<ErrorKind>(['upstream', 'overloaded', 'timeout'])(
  "where a provider fails (%s), the owner's text is an ordinary answer, and the record has the failure",
  async (kind) => {
    const { call, account, written } = await callOf();
    const { body, contentType, dropped } = lastResort(error(kind), [plain, spoken], call);
    expect([contentType, dropped]).toEqual(['application/json', []]);
    expect(JSON.parse(Buffer.from(body as Uint8Array).toString())).toMatchObject({
      choices: [{ message: { content: 'Later, please.' }, finish_reason: 'stop' }],
      usage: { total_tokens: 0 },
    });
    await account.settle();
    expect(written).toMatchObject([{ status: 200, error: kind }]);
  },
);

test('in a stream the text is a stream', async () => {
  const { call } = await callOf({ stream: true });
  const { body } = lastResort(error('timeout'), [spoken], call);
  const text = Buffer.concat(await piecesOf(body as AsyncIterable<Uint8Array>)).toString();
  expect(text).toContain('Later, please.');
  expect(text).toContain('[DONE]');
});

test.each<ErrorKind>(['rate_limited', 'invalid_request', 'upstream_auth', 'caller_left', 'internal'])(
  'a failure that is not the provider’s (%s) is thrown again',
  async (kind) => {
    const { call, account, written } = await callOf();
    const thrown = error(kind);
    expect(() => lastResort(thrown, [spoken], call)).toThrow(thrown);
    await account.settle();
    expect(written[0]).not.toHaveProperty('error');
  },
);

test('without a text of the owner, the failure is thrown again', async () => {
  const { call } = await callOf();
  const thrown = error('upstream');
  expect(() => lastResort(thrown, [plain], call)).toThrow(thrown);
});
