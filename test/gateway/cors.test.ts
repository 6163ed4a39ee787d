import { expect, test } from 'vitest';
import { corsHeaders, preflightHeaders } from '../../shared/gateway/cors.ts';
import { exposedHeaders } from '../../shared/gateway/response-headers.ts';

const origin = 'https://app.example.com';

test('a browser of a configured origin may read the answer and the headers of ours', () => {
  expect(corsHeaders([origin], { origin })).toEqual({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposedHeaders.join(', '),
    vary: 'origin',
  });
});

test('where all origins may call, each is answered alike', () => {
  expect(corsHeaders(['*'], { origin })['access-control-allow-origin']).toBe('*');
});

test('another origin is allowed nothing, and caches keep the two apart', () => {
  expect(corsHeaders([origin], { origin: 'https://evil.example.com' })).toEqual({ vary: 'origin' });
});

test('without an origin, or without any configured, nothing is added', () => {
  expect(corsHeaders([origin], {})).toEqual({});
  expect(corsHeaders(undefined, { origin })).toEqual({});
});

test('a preflight is granted the headers it asks for, or the usual ones', () => {
  expect(preflightHeaders(['POST'], { 'access-control-request-headers': 'x-stainless-os' })).toEqual({
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'x-stainless-os',
    'access-control-max-age': '600',
  });
  expect(preflightHeaders(['GET', 'HEAD'], {})['access-control-allow-headers']).toContain('authorization');
});
