import { expect, test } from 'vitest';
import { getEndpoint, plainGlance, postEndpoint } from '../../shared/gateway/endpoint.ts';
import { endpoints } from '../../shared/gateway/endpoints/list.ts';

const answer = () => ({ status: 200, headers: {}, body: new Uint8Array() });

test('a read takes GET and HEAD, has no body and wants a key unless it is open', () => {
  expect(getEndpoint(['/a'], answer)).toMatchObject({ methods: ['GET', 'HEAD'], body: 'none', open: false });
  expect(getEndpoint(['/a'], answer, { open: true }).open).toBe(true);
});

test('a post takes a JSON body and wants a key', () => {
  expect(postEndpoint({ paths: ['/a'], answer })).toMatchObject({ methods: ['POST'], body: 'json', open: false });
});

test('the glance of what is no conversation asks for nothing special', () => {
  expect(plainGlance('m')).toEqual({ model: 'm', stream: false, hasImages: false, hasTools: false });
});

test('what costs money wants a key, and has a purpose in one lower-case word for its record', () => {
  const costly = endpoints.filter(({ purpose }) => purpose !== undefined);
  expect(costly.map(({ purpose }) => purpose)).toEqual(expect.arrayContaining(['chat', 'embedding']));
  expect(costly.filter(({ open }) => open)).toEqual([]);
  expect(costly.filter(({ purpose }) => !/^[a-z]+$/.test(purpose!))).toEqual([]);
});

test('an endpoint without a purpose asks no provider but to count tokens', () => {
  const free = endpoints.filter(({ purpose, methods }) => purpose === undefined && methods.includes('POST'));
  expect(
    free.flatMap(({ paths }) => paths).filter((path) => !/\/(?:count|input)_tokens$|:countTokens$/.test(path)),
  ).toEqual([]);
});

test('no two endpoints share a path', () => {
  const paths = endpoints.flatMap((endpoint) => endpoint.paths);
  expect(new Set(paths).size).toBe(paths.length);
});
