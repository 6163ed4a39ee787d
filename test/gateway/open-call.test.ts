import { expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import { getEndpoint, plainGlance, postEndpoint } from '../../shared/gateway/endpoint.ts';
import { callDeadline, openCall } from '../../shared/gateway/open-call.ts';
import { openOne } from '../support/accounts.ts';
import { createFakeTime } from '../support/fake-time.ts';

const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };
const answer = () => ({ status: 200, headers: {}, body: new Uint8Array() });
const post = postEndpoint({ paths: ['/a'], glance: (_, { value }) => plainGlance(String(value.model)), answer });

async function open(text: string, { headers = {}, endpoint = post } = {}) {
  const { account, call, time, written } = openOne();
  const http = { method: 'POST', path: '/a', query: '', headers, body: async () => Buffer.from(text) };
  const opened = await openCall(
    {
      http,
      run: { deadline: 0, signal: call.signal, after: () => {} },
      id: 'req_7',
      startedAt: time.now(),
      endpoint,
      params: { id: 'x' },
      caller: { type: 'master' },
      dialect: openaiChatClient,
      signal: call.signal,
      account,
    },
    loadCatalog({ providers: { p: own }, limits: { depth: 10 } }),
  );
  return { opened, account, written };
}

test('a call knows its request, its caller, its parameters and the time it began, in seconds for the dialects', async () => {
  const { opened, account, written } = await open('{"model":"m"}');
  expect(opened).toMatchObject({
    id: 'req_7',
    started: 1_000_000,
    params: { id: 'x' },
    caller: { type: 'master' },
    body: { value: { model: 'm' } },
    glance: { model: 'm' },
    context: { id: '7', model: 'm', now: 1_000 },
  });
  await account.settle();
  expect(written).toMatchObject([{ askedModel: 'm', streamed: false }]);
});

test('the request is read in full only when it is asked for, and once', async () => {
  const { opened } = await open('{"model":"m","messages":[{"role":"user","content":"hi"}]}');
  expect(opened.request()).toBe(opened.request());
  expect(opened.request().messages).toHaveLength(1);
  const { opened: wrong } = await open('{"model":"m","messages":7}');
  expect(() => wrong.request()).toThrow(expect.objectContaining({ kind: 'invalid_request' }));
});

test.each([undefined, 'application/json', 'application/json; charset=utf-8', 'application/vnd.api+JSON'])(
  'a body of type %j is read',
  async (type) => {
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    expect((await open('{"model":"m"}', { headers })).opened.glance.model).toBe('m');
  },
);

test.each(['text/plain', 'multipart/form-data', 'application/jsonl'])('a body of type %j is refused', async (type) => {
  await expect(open('{"model":"m"}', { headers: { 'content-type': type } })).rejects.toMatchObject({
    kind: 'unsupported_media_type',
  });
});

test('a body that is nested too deep is refused', async () => {
  await expect(open(`{"a":${'['.repeat(20)}${']'.repeat(20)}}`)).rejects.toMatchObject({ kind: 'invalid_request' });
});

test('an endpoint without a body reads none', async () => {
  const { opened } = await open('not json', { endpoint: getEndpoint(['/a'], answer) as typeof post });
  expect([opened.body.value, opened.glance.model]).toEqual([{}, '']);
});

function deadlineOf({
  totalMs = [1_000],
  models = {},
  vision = {},
  hostMs = Number.MAX_SAFE_INTEGER,
  left = new AbortController(),
} = {}) {
  const time = createFakeTime();
  const providers = Object.fromEntries(totalMs.map((ms, at) => [`p${at}`, { ...own, timeouts: { totalMs: ms } }]));
  const run = { deadline: hostMs, signal: left.signal, after: () => {} };
  return { time, left, deadline: callDeadline(run, { catalog: loadCatalog({ providers, models, vision }), time }) };
}

test('a request may take as long as the provider that may take longest', async () => {
  const { time, deadline } = deadlineOf({ totalMs: [200, 5_000] });
  await time.advance(4_999);
  expect(deadline.signal.aborted).toBe(false);
  await time.advance(1);
  expect(deadline.signal.reason).toMatchObject({ kind: 'timeout', message: 'The answer was not finished within 5 s.' });
});

test('a request has time for each target of the longest plan, and for the description of its images', async () => {
  const models = { all: ['p0/a', 'p1/b', 'p0/c'], one: { targets: 'p0/d', sees: false, vision: 'p1/gpt-4o' } };
  const { time, deadline } = deadlineOf({ totalMs: [200, 1_000], models, vision: { timeoutMs: 150 } });
  await time.advance(1_549);
  expect(deadline.signal.aborted).toBe(false);
  await time.advance(1);
  expect(deadline.signal.reason).toMatchObject({ message: 'The answer was not finished within 1.55 s.' });
});

test('the host is never waited for to its end: three seconds are kept for the error and the record', async () => {
  const { time, deadline } = deadlineOf({ totalMs: [900_000], hostMs: 10_000 });
  await time.advance(6_999);
  expect(deadline.signal.aborted).toBe(false);
  await time.advance(1);
  expect(deadline.signal.aborted).toBe(true);
});

test('without time left the call is over before it begins, and no timer is armed', () => {
  const { time, deadline } = deadlineOf({ hostMs: 2_500 });
  expect(deadline.signal.reason).toMatchObject({
    kind: 'timeout',
    message: 'No time was left to answer this request.',
  });
  expect(time.pending()).toBe(0);
});

test('a host that gives the request up ends it with its own reason', () => {
  const { left, deadline } = deadlineOf();
  const reason = new GatewayError('timeout', 'given up');
  left.abort(reason);
  expect(deadline.signal.reason).toBe(reason);
});

test('a caller who leaves, or has left already, ends the request with a reason of ours', () => {
  const { left, deadline } = deadlineOf();
  left.abort();
  expect(deadline.signal.reason).toMatchObject({ kind: 'caller_left' });
  const gone = new AbortController();
  gone.abort();
  expect(deadlineOf({ left: gone }).deadline.signal.reason).toMatchObject({ kind: 'caller_left' });
});

test('a deadline that is cleared leaves no timer', () => {
  const { time, deadline } = deadlineOf();
  deadline.clear();
  expect(time.pending()).toBe(0);
});

const form = postEndpoint({
  paths: ['/a'],
  body: 'form',
  glance: (_, { value }) => plainGlance(String(value.model)),
  answer,
});

test('an endpoint of forms reads a form, or JSON, and nothing else', async () => {
  const text = '--B\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--B--';
  const headers = { 'content-type': 'multipart/form-data; boundary=B' };
  expect((await open(text, { endpoint: form, headers })).opened).toMatchObject({
    glance: { model: 'm' },
    body: { value: { model: 'm' }, form: { boundary: 'B' } },
  });
  expect((await open('{"model":"j"}', { endpoint: form })).opened.glance.model).toBe('j');
  const other = { endpoint: form, headers: { 'content-type': 'text/plain' } };
  await expect(open('model=m', other)).rejects.toMatchObject({ kind: 'unsupported_media_type' });
  await expect(open(text, { headers })).rejects.toMatchObject({ kind: 'unsupported_media_type' });
});
