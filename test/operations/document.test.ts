import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';
import { type Document, type Operation, resolved, type Schema, valuesOf } from './from-document.ts';
import { problemOf } from './json-schema.ts';

let rig: AdminRig;
let document: Document;
let operations: { method: string; path: string; operation: Operation }[];
/** Ids that are there, so that some requests meet something. */
const ids: Record<string, string[]> = { keys: [], groups: [], 'admin-keys': [] };

beforeAll(async () => {
  rig = await startAdminRig();
  document = (await rig.call('GET', '/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  for (let index = 0; index < 3; index += 1) {
    ids.keys!.push((await rig.call('POST', '/keys', { name: `k${index}` })).body.id);
    ids.groups!.push((await rig.call('POST', '/groups', { id: `g${index}`, name: 'G' })).body.id);
    ids['admin-keys']!.push((await rig.call('POST', '/admin-keys', { name: `a${index}` })).body.id);
  }
});
afterAll(() => rig.close());

describe('the OpenAPI document', () => {
  test('lists every path of the administration', () => {
    expect(operations.map(({ method, path }) => `${method} ${path.replace('/admin/v1', '')}`).sort()).toEqual([
      'DELETE /cache',
      'DELETE /groups/{id}',
      'GET /admin-keys',
      'GET /admin-keys/{id}',
      'GET /audit',
      'GET /cache/stats',
      'GET /config',
      'GET /groups',
      'GET /groups/{id}',
      'GET /keys',
      'GET /keys/{id}',
      'GET /status',
      'GET /usage',
      'PATCH /groups/{id}',
      'PATCH /keys/{id}',
      'POST /admin-keys',
      'POST /admin-keys/{id}/revoke',
      'POST /groups',
      'POST /keys',
      'POST /keys/import',
      'POST /keys/{id}/revoke',
      'POST /keys/{id}/rotate',
    ]);
  });

  test('says what each operation does, and with which schema it answers', () => {
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.any(String) });
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '403', '429', '503']));
    }
  });
});

test('what is made, given another secret and imported is as the document says', async () => {
  const schemaOf = (name: string): Schema => resolved({ $ref: `#/components/schemas/${name}` }, document);
  const { body: key } = await rig.call('POST', '/keys', { name: 'k', tags: { team: 'a' } });
  expect(problemOf(schemaOf('KeyWithSecret'), key)).toBeUndefined();
  const { body: rotated } = await rig.call('POST', `/keys/${key.id}/rotate`, {});
  expect(problemOf(schemaOf('KeyWithSecret'), rotated)).toBeUndefined();
  const { body: adminKey } = await rig.call('POST', '/admin-keys', { name: 'a' });
  expect(problemOf(schemaOf('AdminKeyWithSecret'), adminKey)).toBeUndefined();
  const asked = { name: 'i', sha256: 'a'.repeat(64) };
  expect((await rig.call('POST', '/keys/import', asked)).status).toBe(201);
  expect(problemOf(schemaOf('ImportedKey'), asked)).toBeUndefined();
  expect(problemOf(schemaOf('ImportedKey'), { ...asked, more: 1 })).toBe('value.more is not known');
});

test('without a key every path answers 401, whatever it is sent, known or not', async () => {
  const paths = [
    ...operations,
    { method: 'GET', path: '/admin/v1/openapi.json' },
    { method: 'GET', path: '/admin/v1' },
    { method: 'PUT', path: '/admin/v1/no/such' },
  ];
  for (const { method, path } of paths) {
    const response = await fetch(`${rig.url}${path.replace('{id}', ids.keys![0]!)}`, { method });
    expect([method, path, response.status]).toEqual([method, path, 401]);
    expect(await response.json()).toMatchObject({ error: { type: 'unauthenticated', param: null } });
  }
});

test('unknown paths and other methods are refused in the same shape', async () => {
  expect(await rig.call('GET', '/nothing')).toMatchObject({ status: 404, body: { error: { type: 'not_found' } } });
  const other = await rig.call('PUT', '/keys', {});
  expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  expect((await rig.call('POST', '/keys', '{"name":')).body.error.type).toBe('invalid_request');
  expect((await rig.call('POST', '/keys', '{"name":"a","name":"b"}')).status).toBe(400);
  expect((await rig.call('POST', '/keys', 'x', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await rig.call('POST', '/keys', { name: 'x', metadata: { a: 'y'.repeat(70_000) } })).status).toBe(413);
  expect((await rig.call('POST', '/keys')).body.error.param).toBe('name');
});

const RUNS = 2_000;

test(`${RUNS} requests made from the document are answered as the document says, none with a failure of ours`, async () => {
  const schemas = new Map<string, Schema>();
  const statuses = new Map<number, number>();
  const requests = operations.map(({ method, path, operation }) => requestsOf(method, path, operation));
  await fc.assert(
    fc.asyncProperty(fc.oneof(...requests), async ({ name, method, url, headers, body, operation }) => {
      const answer = await rig.call(method, url, body, headers);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect(answer.status).toBeLessThan(500);
      const schema = operation.responses[String(answer.status)]?.content?.['application/json'].schema;
      expect(schema, `${name} is not documented to answer ${answer.status}`).toBeDefined();
      const place = `${name} ${answer.status}`;
      const whole = schemas.get(place) ?? resolved(schema!, document);
      schemas.set(place, whole);
      expect(problemOf(whole, answer.body)).toBeUndefined();
      // Nothing is taken that the document forbids: a client may be made from it.
      const asked = operation.requestBody?.content['application/json'].schema;
      if (asked && answer.status < 300) expect(problemOf(resolved(asked, document), JSON.parse(body!))).toBeUndefined();
    }),
    { numRuns: RUNS, seed: 9, endOnFailure: true },
  );
  // Both sorts came: what is taken, and what is refused.
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(RUNS / 5);
  expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
}, 180_000);

interface Made {
  name: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  operation: Operation;
}

function requestsOf(method: string, path: string, operation: Operation): fc.Arbitrary<Made> {
  const parameters = operation.parameters ?? [];
  const kind = path.split('/')[3]!;
  const valueFor = ({ schema, in: place }: (typeof parameters)[number]): fc.Arbitrary<unknown> => {
    const values = valuesOf(resolved(schema, document));
    return place === 'path' ? fc.oneof(fc.constantFrom(...ids[kind]!), values) : values;
  };
  const schema = operation.requestBody?.content['application/json'].schema;
  return fc
    .record({
      given: fc.tuple(
        ...parameters.map((parameter) => fc.tuple(fc.constant(parameter), valueFor(parameter), fc.boolean())),
      ),
      body: schema ? valuesOf(resolved(schema, document)) : fc.constant(undefined),
    })
    .map(({ given, body }) => {
      const text = (value: unknown): string => encodeURIComponent(String(value).toWellFormed());
      let url = path.replace('/admin/v1', '');
      const query: string[] = [];
      const headers: Record<string, string> = {};
      for (const [{ name, in: place, required }, value, isGiven] of given) {
        if (place === 'path') url = url.replace(`{${name}}`, text(value) || 'x');
        else if (!isGiven && !required) continue;
        else if (place === 'query') query.push(`${name}=${text(value)}`);
        else headers[name] = text(value);
      }
      return {
        name: `${method} ${path}`,
        method,
        url: query.length > 0 ? `${url}?${query.join('&')}` : url,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        operation,
      };
    });
}
