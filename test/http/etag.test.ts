import { expect, test } from 'vitest';
import { answerUnlessKnown } from '../../shared/http/etag.ts';

const value = { data: ['a'] };
const { etag } = answerUnlessKnown({}, value).headers as { etag: string };

test('an answer has a tag that is the same for the same content alone', () => {
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect(answerUnlessKnown({}, { data: ['a'] }).headers.etag).toBe(etag);
  expect(answerUnlessKnown({}, { data: ['b'] }).headers.etag).not.toBe(etag);
});

test.each([
  ['the tag', etag],
  ['the tag among others', `"x", ${etag}`],
  ['the tag that a proxy weakened', `W/${etag}`],
  ['any tag', '*'],
])('a caller that has %s gets 304 without content', (_, tags) => {
  const { status, headers, body } = answerUnlessKnown({ 'if-none-match': tags }, value);
  expect([status, headers, (body as Uint8Array).length]).toEqual([304, { etag }, 0]);
});

test.each(['"x"', etag.slice(1, -1), ''])('a caller that has %o gets the content', (tags) => {
  expect(answerUnlessKnown({ 'if-none-match': tags }, value).status).toBe(200);
});
