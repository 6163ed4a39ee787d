import { describe, expect, test } from 'vitest';
import { anthropicClient } from '../../../shared/dialects/anthropic/client/dialect.ts';
import { type ErrorKind, GatewayError, statusOfKind } from '../../../shared/errors.ts';
import { anthropic } from './held.ts';
import { context } from './reading.ts';

const given = (kind: ErrorKind, message = 'm', details = {}) => {
  const error = new GatewayError(kind, message, details);
  return { status: anthropicClient.errorStatus(error), body: anthropicClient.writeError(error, 'req_1') };
};
const refused = (status: number, body: unknown) => anthropic.readError(status, body, {});
const envelope = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_9' });

describe('errors as callers get them', () => {
  test('every kind has the vendor’s envelope, word and status', () => {
    const expected: [ErrorKind, number, string][] = [
      ['invalid_request', 400, 'invalid_request_error'],
      ['unprocessable', 400, 'invalid_request_error'],
      ['unauthenticated', 401, 'authentication_error'],
      ['quota_exceeded', 402, 'billing_error'],
      ['forbidden', 403, 'permission_error'],
      ['model_not_found', 404, 'not_found_error'],
      ['too_large', 413, 'request_too_large'],
      ['rate_limited', 429, 'rate_limit_error'],
      ['internal', 500, 'api_error'],
      ['timeout', 504, 'timeout_error'],
      ['overloaded', 529, 'overloaded_error'],
    ];
    for (const [kind, status, type] of expected) {
      expect(given(kind)).toEqual({
        status,
        body: {
          type: 'error',
          error: { type, message: 'm', ...(kind === 'model_not_found' ? { code: kind } : {}) },
          request_id: 'req_1',
        },
      });
    }
    for (const kind of Object.keys(statusOfKind) as ErrorKind[]) expect(given(kind).status).toBeGreaterThanOrEqual(400);
  });

  test('a provider’s wording without a type has the type of its kind', () => {
    const error = refused(409, { error: { message: 'No.', type: null, code: null } });
    expect(anthropicClient.writeError(error, 'req_1')).toMatchObject({
      error: { type: expect.any(String), message: 'No.' },
    });
  });

  test('#35 a provider that refuses our key is our failure, not the caller’s', () => {
    expect(given('upstream_auth')).toMatchObject({ status: 424, body: { error: { type: 'api_error' } } });
  });

  test('the place of a mistake is said in the message, once, as the vendor writes it', () => {
    const said = (message: string, param: string) =>
      (given('invalid_request', message, { param }).body.error as { message: string }).message;
    expect(said('No images here.', 'messages[3].content[1]')).toBe('messages.3.content.1: No images here.');
    expect(said('messages.0.role: Field required', 'messages.0.role')).toBe('messages.0.role: Field required');
  });
});

describe('what a provider refuses with', () => {
  test('400 keeps the sentence and finds the place in it', () => {
    const error = refused(400, envelope('invalid_request_error', 'messages.1.content.0.text: Field required'));
    expect(error).toMatchObject({ kind: 'invalid_request', status: 400, param: 'messages.1.content.0.text' });
  });

  test('a prompt too long is known as such', () => {
    const error = refused(400, envelope('invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'));
    expect(error).toMatchObject({
      kind: 'invalid_request',
      code: 'context_length_exceeded',
      message: expect.stringContaining('250000'),
    });
  });

  test('401, 402, 403, 404, 413, 429, 500 and 529 are what they are', () => {
    expect(refused(401, envelope('authentication_error', 'invalid x-api-key'))).toMatchObject({
      kind: 'upstream_auth',
      status: 400,
    });
    expect(refused(403, envelope('permission_error', 'no'))).toMatchObject({ kind: 'upstream_auth' });
    expect(refused(402, envelope('billing_error', 'pay'))).toMatchObject({ kind: 'quota_exceeded', status: 429 });
    expect(refused(400, envelope('invalid_request_error', 'Your credit balance is too low'))).toMatchObject({
      kind: 'quota_exceeded',
    });
    expect(refused(404, envelope('not_found_error', 'model: claude-x'))).toMatchObject({
      kind: 'model_not_found',
      status: 404,
    });
    expect(refused(413, envelope('request_too_large', 'big'))).toMatchObject({ kind: 'too_large', status: 413 });
    expect(refused(429, envelope('rate_limit_error', 'slow down'))).toMatchObject({
      kind: 'rate_limited',
      status: 429,
    });
    expect(refused(500, envelope('api_error', 'Internal server error'))).toMatchObject({
      kind: 'upstream',
      status: 502,
    });
    expect(refused(529, envelope('overloaded_error', 'Overloaded'))).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  test('#36 other shapes, HTML and nothing are reported in our own words, without secrets', () => {
    expect(refused(400, { error: { message: 'bad', code: '1214' } })).toMatchObject({ message: 'bad' });
    expect(refused(422, { detail: 'worse' })).toMatchObject({ message: 'worse' });
    expect(refused(503, '<html><body>oops</body></html>').message).toBe('The provider answered with status 503.');
    expect(refused(400, '').message).toBe('The provider answered with status 400.');
    expect(refused(400, [{ error: 'key sk-ant-api03-abcdefgh is off' }]).message).toBe('key *** is off');
  });

  test('#95 an error with status 200 is an error', () => {
    expect(() => anthropic.readReply(envelope('overloaded_error', 'Overloaded'), context)).toThrow('Overloaded');
    const miniMax = { content: [], base_resp: { status_code: 1004, status_msg: 'login fail' } };
    expect(() => anthropic.readReply(miniMax, context)).toThrow('refused the key');
    expect(() => anthropic.readReply({ id: 'x' }, context)).toThrow('without any content');
  });
});
