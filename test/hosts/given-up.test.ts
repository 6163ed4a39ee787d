import { expect, test } from 'vitest';
import { GatewayError, refuse } from '../../shared/errors.ts';
import { createGateway, type Gateway } from '../../shared/gateway/gateway.ts';
import type { GatewayPorts } from '../../shared/gateway/ports.ts';
import type { Run } from '../../shared/http/message.ts';
import type { UpstreamCall } from '../../shared/upstream/send.ts';
import { DIRECT_KEY, openDirect } from '../support/direct.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { invoke } from './hosting.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

const event = {
  rawPath: '/v1/messages',
  rawQueryString: '',
  headers: { 'x-api-key': DIRECT_KEY, 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST' } },
  body: JSON.stringify({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }),
};

const definition = {
  providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'MINE' } },
  models: { m: ['p/a', 'p/b'] },
};

type Late = 'masterKeys' | 'providerKey' | 'send';

/** The whole gateway in a function that has 10 s, where one of its ports heeds no signal and answers when the test says so. */
function openLate(late: Late) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const direct = openDirect({
    definition,
    ports: ({ masterKeys, providerKey, send }): Partial<GatewayPorts> => {
      const ports = {
        masterKeys: () => promise.then(() => masterKeys()),
        providerKey: (name: string) => promise.then(() => providerKey(name)),
        send: (call: UpstreamCall) => Promise.all([send(call), promise]).then(([answer]) => answer),
      };
      return { [late]: ports[late] };
    },
    reply: () => refuse(new GatewayError('upstream', 'no')),
  });
  const invoked = invoke(createGateway(direct.ports), { time: direct.time, remainingMs: 10_000, event });
  return { ...direct, invoked, answerLate: resolve };
}

test('reading the keys is bounded by the deadline of the call: 504 in the dialect of the caller, no record, no provider', async () => {
  const { invoked, answerLate, time, records, asked } = openLate('masterKeys');
  await time.advance(7_000);
  const { head, text } = await invoked;
  expect([head?.statusCode, JSON.parse(text)]).toMatchObject([
    504,
    { type: 'error', error: { type: 'timeout_error' } },
  ]);
  expect(time.pending()).toBe(0);
  answerLate();
  await turn();
  expect([records, asked, time.pending()]).toEqual([[], [], 0]);
});

test('reading the key of a provider is bounded by it too: 504 and one record', async () => {
  const { invoked, answerLate, time, records, asked } = openLate('providerKey');
  await time.advance(7_000);
  const { head, text } = await invoked;
  expect([head?.statusCode, JSON.parse(text)]).toMatchObject([504, { error: { type: 'timeout_error' } }]);
  expect(records).toMatchObject([{ status: 504, error: 'timeout', askedModel: 'm', attempts: [{ error: 'timeout' }] }]);
  answerLate();
  await turn();
  expect([records.length, asked, time.pending()]).toEqual([1, [], 0]);
});

test('a call that goes on when its host gives up asks no other provider, leaves no timer and has one record, of its end', async () => {
  const { invoked, answerLate, time, records, asked } = openLate('send');
  await time.advance(8_500);
  const { head, logged } = await invoked;
  expect(head?.statusCode).toBe(504);
  expect(logged).toMatchObject([{ message: 'a request could not be answered' }]);
  expect(records).toMatchObject([{ status: 504, error: 'timeout', attempts: [{ error: 'timeout' }] }]);
  answerLate();
  await turn();
  expect([records.length, asked.length, time.pending()]).toEqual([1, 1, 0]);
});

test('a gateway that goes on when its host gives up learns it from the signal, before the after-work', async () => {
  const time = createFakeTime();
  let run: Run | undefined;
  const seen: unknown[] = [];
  const deaf: Gateway = (_, given) => {
    run = given;
    run.after(() => void seen.push(given.signal.reason));
    return new Promise(() => {});
  };
  const invoked = invoke(deaf, { time, remainingMs: 10_000 });
  await time.advance(8_500);
  const { head, logged } = await invoked;
  expect([head?.statusCode, time.pending()]).toEqual([504, 0]);
  expect(seen).toMatchObject([{ kind: 'timeout' }]);
  expect(logged).toHaveLength(1);
});

test('a call whose host has no time left ends at once, and says that', async () => {
  const { ports, time, records, asked } = openDirect({ definition });
  const { head, text } = await invoke(createGateway(ports), { time, remainingMs: 2_900, event });
  expect([head?.statusCode, JSON.parse(text)]).toMatchObject([
    504,
    { error: { message: 'No time was left to answer this request.' } },
  ]);
  expect([records, asked, time.pending()]).toEqual([[], [], 0]);
});
