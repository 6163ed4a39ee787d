import { expect, test } from 'vitest';
import { errorFields, refusedKey, stoppedWith } from '../../../shared/dialects/kit/provider-failures.ts';

test.each([
  [{ error: { message: 'no', code: 7 } }, { message: 'no', code: 7 }],
  [[{ error: { message: 'no' } }], { message: 'no' }],
  [
    { error: 'no', code: 7 },
    { error: 'no', code: 7, message: 'no' },
  ],
  [{ message: 'no' }, { message: 'no' }],
  ['no', { message: 'no' }],
  [[], {}],
  [null, {}],
  [7, {}],
])('the fields of the error body %j are %j', (body, fields) => {
  expect(errorFields(body)).toEqual(fields);
});

test('a refused key is a failure of the provider, and the caller learns nothing of the key', () => {
  expect(refusedKey()).toMatchObject({ kind: 'upstream_auth', code: 'upstream_auth', status: 400 });
});

test('an end that is a failure has the reason in its message, and its own kind where it has one', () => {
  expect(stoppedWith('ERROR')).toMatchObject({
    kind: 'upstream',
    message: "The provider stopped its answer with 'ERROR'.",
  });
  expect(stoppedWith('TIMEOUT', 'timeout').kind).toBe('timeout');
});
