import { describe, expect, test } from 'vitest';
import type { Incoming } from '../../shared/http/message.ts';
import { invoke, text } from './hosting.ts';

const usual = {
  version: '2.0',
  rawPath: '/v1/any',
  rawQueryString: 'a=1',
  headers: { host: 'x' },
  requestContext: { http: { method: 'POST', sourceIp: '203.0.113.7' } },
  body: '{}',
};

/** The request that the gateway gets of an event, with its body. */
async function read(event: unknown) {
  let got: (Omit<Incoming, 'body'> & { text: string }) | undefined;
  const { head, warned } = await invoke(
    async ({ body, ...http }) => {
      got = { ...http, text: Buffer.from(await body()).toString() };
      return text('fine');
    },
    { rawEvent: event },
  );
  return { got, status: head?.statusCode, warned };
}

describe('an event that is no request to a function URL', () => {
  test.each([
    ['null', null],
    ['a text', 'hello'],
    ['an empty one', {}],
    ['a list', [1]],
    ['one of a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    ['payload version 1.0', { version: '1.0', path: '/', httpMethod: 'GET', requestContext: { httpMethod: 'GET' } }],
    ['one without its request context', { ...usual, requestContext: null }],
    ['one without a method', { ...usual, requestContext: { http: {} } }],
    ['one without a path', { ...usual, rawPath: undefined }],
    ['one whose body is no text', { ...usual, body: { model: 'm' } }],
  ])('%s: is answered with 400, logged as one warning, and the gateway not asked', async (_, event) => {
    let asked = 0;
    const invoked = await invoke(
      async () => {
        asked += 1;
        return text('x');
      },
      { rawEvent: event },
    );
    expect([invoked.head?.statusCode, invoked.head?.headers['content-type']]).toEqual([400, 'application/json']);
    expect(JSON.parse(invoked.text)).toEqual({
      error: { message: 'This event is no request to a function URL.', type: 'invalid_request_error' },
    });
    expect([asked, invoked.logged, invoked.warned]).toEqual([0, [], ['an event is no request to a function URL']]);
  });
});

describe('an event of a function URL', () => {
  test('is read as it is', async () => {
    expect(await read(usual)).toEqual({
      got: {
        method: 'POST',
        path: '/v1/any',
        query: 'a=1',
        headers: { host: 'x' },
        address: '203.0.113.7',
        text: '{}',
      },
      status: 200,
      warned: [],
    });
  });

  test.each<[string, unknown, { headers?: Record<string, string>; query?: string; text?: string }]>([
    ['without headers', { ...usual, headers: undefined }, { headers: {} }],
    ['whose headers are null', { ...usual, headers: null }, { headers: {} }],
    ['with headers that are no texts', { ...usual, headers: { a: 1, b: null, c: 'd' } }, { headers: { c: 'd' } }],
    ['with header names in upper case', { ...usual, headers: { 'X-A': 'b' } }, { headers: { 'x-a': 'b' } }],
    ['without a query', { ...usual, rawQueryString: undefined }, { query: '' }],
    ['whose body is null', { ...usual, body: null }, { text: '' }],
    ['without a body', { ...usual, body: undefined }, { text: '' }],
  ])('%s: what is not there is empty', async (_, event, expected) => {
    const { got, status, warned } = await read(event);
    expect([got, status, warned]).toMatchObject([expected, 200, []]);
    expect(got?.headers).toEqual(expected.headers ?? usual.headers);
  });
});
