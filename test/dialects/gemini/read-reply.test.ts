import { describe, expect, test } from 'vitest';
import { gemini } from '../../../shared/dialects/gemini/provider/dialect.ts';
import { hello, last, readWhole, refusalOf, streamed, twoCalls } from './wire.ts';

const joined = (chunks: object[]): object => {
  const parts = chunks.flatMap(
    (each) => (each as { candidates: { content: { parts: object[] } }[] }).candidates[0]!.content.parts,
  );
  return last(parts);
};

describe('a whole reply of Gemini', () => {
  test('says the same as the stream of its parts', () => {
    for (const chunks of [hello, twoCalls]) expect(readWhole(joined(chunks))).toEqual(streamed(chunks));
  });

  test('has our id and the name of the model asked for where it gives neither', () => {
    const reply = readWhole({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] });
    expect(reply).toMatchObject({ id: 'resp_abc', model: 'fast', created: 1_700_000_000 });
    expect(reply.usage).toBeUndefined();
  });

  test('without an answer, or as an error of status 200, is the failure of its provider', () => {
    for (const body of [{}, { candidates: [] }, { candidates: null }, { candidates: [null] }]) {
      expect(refusalOf(() => readWhole(body)).kind).toBe('upstream');
    }
    const error = { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } };
    expect(refusalOf(() => readWhole(error))).toMatchObject({ kind: 'rate_limited', message: 'slow down' });
  });
});

describe('errors of Google', () => {
  const google = (code: number, message: string, status: string, details: object[] = []) => ({
    error: { code, message, status, details },
  });
  const read = (status: number, body: unknown) => gemini.readError(status, body, {});

  test('#33 the time to wait stands in the details of a 429 and comes out in seconds, bounded', () => {
    const retry = (retryDelay: string) => [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId: 'PerMinute' }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ];
    const limited = (delay: string) => read(429, google(429, 'quota', 'RESOURCE_EXHAUSTED', retry(delay)));
    expect(limited('34s')).toMatchObject({ kind: 'rate_limited', status: 429, retryAfter: 34 });
    expect(limited('34.074824224s').retryAfter).toBe(35);
    expect(limited('3600s').retryAfter).toBe(60);
    expect(limited('soon').retryAfter).toBeUndefined();
  });

  test('#35 a bad key is the gateway’s trouble, whether Google says 400, 401 or 403, and its words stay here', () => {
    const reason = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    const bodies = [
      read(400, google(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT', reason)),
      read(401, google(401, 'Request had invalid authentication credentials.', 'UNAUTHENTICATED')),
      read(403, google(403, 'Permission denied on project secret-project', 'PERMISSION_DENIED')),
      read(400, google(400, 'User location is not supported for the API use.', 'FAILED_PRECONDITION')),
    ];
    for (const error of bodies)
      expect(error).toMatchObject({ kind: 'upstream_auth', code: 'upstream_auth', status: 400 });
    expect(bodies.map(({ message }) => message).join()).not.toContain('secret-project');
  });

  test('each status has its kind', () => {
    const kinds = [
      [400, google(400, 'Invalid value', 'INVALID_ARGUMENT'), 'invalid_request'],
      [404, google(404, 'models/nope is not found for API version v1beta', 'NOT_FOUND'), 'model_not_found'],
      [404, google(404, 'Requested entity was not found.', 'NOT_FOUND'), 'not_found'],
      [429, google(429, 'quota', 'RESOURCE_EXHAUSTED'), 'rate_limited'],
      [499, google(499, 'The operation was cancelled.', 'CANCELLED'), 'upstream'],
      [500, google(500, 'Internal error encountered.', 'INTERNAL'), 'upstream'],
      [503, google(503, 'The model is overloaded.', 'UNAVAILABLE'), 'overloaded'],
      [504, google(504, 'Deadline expired', 'DEADLINE_EXCEEDED'), 'timeout'],
    ] as const;
    for (const [status, body, kind] of kinds) expect([status, read(status, body).kind]).toEqual([status, kind]);
  });

  test('a prompt that is too long is reported with the code callers look for', () => {
    const message = 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).';
    expect(read(400, google(400, message, 'INVALID_ARGUMENT'))).toMatchObject({
      code: 'context_length_exceeded',
      message,
    });
  });

  test('#36 any shape of body gives a sentence: a list, a text, HTML, nothing', () => {
    expect(read(400, [google(400, 'in a list', 'INVALID_ARGUMENT')]).message).toBe('in a list');
    expect(read(500, 'plain words').message).toBe('plain words');
    for (const body of ['<html><body>502</body></html>', '', null, undefined, 7, [], {}, { error: null }]) {
      expect(read(502, body)).toMatchObject({ kind: 'upstream', message: 'The provider answered with status 502.' });
    }
    expect(read(500, google(500, 'key AIzaSyA1234567890abcdef failed', 'INTERNAL')).message).toBe('key *** failed');
  });
});

test('paths name the model and whether it streams', () => {
  const path = (model: string, stream: boolean) => gemini.path({ model, stream });
  expect(path('gemini-2.5-flash', false)).toBe('/models/gemini-2.5-flash:generateContent');
  expect(path('gemini-2.5-flash', true)).toBe('/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
  expect(path('tunedModels/ours', false)).toBe('/tunedModels/ours:generateContent');
  expect(path('a b?c', false)).toBe('/models/a%20b%3Fc:generateContent');
});
