import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { scanned } from '../../shared/http/json.ts';
import { readStart, readWhole } from '../../shared/upstream/read-whole.ts';
import { streamOf } from '../support/streams.ts';

const replyOf = (...chunks: (string | Error)[]) => ({
  status: 200,
  headers: {},
  at: 0,
  body: streamOf<Uint8Array>(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))),
});

test('a reply is its object and its bytes, whatever the pieces it came in', async () => {
  const whole = await readWhole(replyOf('{"a":', '"世', '界"}'));
  expect(whole).toEqual({ bytes: Buffer.from('{"a":"世界"}'), value: { a: '世界' } });
});

test('a byte order mark before a reply is left out', async () => {
  const whole = await readWhole(replyOf('\ufeff{"a":1}'));
  expect(whole).toEqual({ bytes: Buffer.from('{"a":1}'), value: { a: 1 } });
});

test('a number of millions of digits is passed as it was written', async () => {
  const text = `{"id":${'9'.repeat(6_000_000)}}`;
  const whole = await readWhole(replyOf(text));
  expect('value' in whole && JSON.stringify(whole.value) === text && whole.bytes.toString() === text).toBe(true);
});

test('integers of any length are kept, unless they are read the quick way', async () => {
  const text = '{"id":1917043659912705296}';
  const exact = await readWhole(replyOf(text));
  expect('value' in exact && JSON.stringify(exact.value)).toBe(text);
  const quick = await readWhole(replyOf(text), { parse: scanned.json });
  expect(quick).toMatchObject({ value: { id: 1917043659912705300 } });
});

test('numbers that are no JSON are mended, and so are the bytes', async () => {
  const whole = await readWhole(replyOf('{"a":NaN}'));
  expect('bytes' in whole && whole.bytes.toString()).toBe(JSON.stringify('value' in whole && whole.value));
  expect(whole).toHaveProperty('value.a');
});

test.each(['', 'no', '[1]', '"text"', 'null', '1', '<html>'])(
  'anything else than an object is a refusal: %j',
  async (text) => {
    expect(await readWhole(replyOf(text))).toMatchObject({
      refusal: { kind: 'upstream', message: 'The provider answered with something that is not a JSON object.' },
    });
  },
);

test('a body that breaks off is a refusal with its own error', async () => {
  const broken = new GatewayError('timeout', 'Silent.');
  expect(await readWhole(replyOf('{"a":', broken))).toEqual({ refusal: broken });
});

test('of a longer body no more is read than the bound asks for, and it is ended', async () => {
  const { body } = replyOf('12', '34', '56');
  expect((await readStart(body, 3)).toString()).toBe('123');
  expect(body.wasEnded()).toBe(true);
  const exact = replyOf('12', '34').body;
  expect((await readStart(exact, 4)).toString()).toBe('1234');
  expect(exact.wasEnded()).toBe(false);
});

test('a reply larger than its bound is a refusal that names the limit, and no more of it is read', async () => {
  const reply = replyOf('{"a":', '"long enough"}', ' ');
  expect(await readWhole(reply, { mostBytes: 10 })).toMatchObject({
    refusal: { kind: 'upstream', message: expect.stringContaining('limits.replyBytes') },
  });
  expect(reply.body.wasEnded()).toBe(true);
  expect(await readWhole(replyOf('{"a":12345}'), { mostBytes: 11 })).toHaveProperty('value.a', 12345);
});

test('a reply of too many values is a refusal that names the limit, just over it', async () => {
  const text = `{"a":[${'1,'.repeat(99)}1]}`;
  expect(await readWhole(replyOf(text), { mostValues: 151 })).toHaveProperty('value.a.length', 100);
  expect(await readWhole(replyOf(text), { mostValues: 150 })).toMatchObject({
    refusal: { kind: 'upstream', message: expect.stringContaining('limits.values') },
  });
});
