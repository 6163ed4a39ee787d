import { expect, test } from 'vitest';
import { marked, ratesIn } from '../../shared/upstream/provider-rates.ts';

test("any vendor's headers of limits are found, and no other header", () => {
  const headers = {
    'x-ratelimit-limit-requests': '1',
    'anthropic-ratelimit-tokens-reset': '2',
    'content-type': 'x',
    'set-cookie': 'x-ratelimit-',
  };
  expect(marked(ratesIn(headers)!)).toEqual({
    'x-sluice-provider-ratelimit-limit-requests': '1',
    'x-sluice-provider-ratelimit-tokens-reset': '2',
  });
  expect(marked(marked(ratesIn(headers)!))).toEqual(marked(ratesIn(headers)!));
  expect(ratesIn({ 'content-type': 'x' })).toBeUndefined();
});

/** What of one such header is passed. */
const passed = (value: string, name = 'x-ratelimit-limit-requests'): string | undefined =>
  ratesIn({ [name]: value })?.[name];

test.each([
  ...['0', '-1', '150000000', '0.35', '33011.382867097855', '1763740800000'],
  ...['1s', '20ms', '8.64s', '6m0s', '1h2m3.5s', '2d'],
  ...['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.123456+08:00'],
  ...['100, 100;w=60', '10,100;w=1, 1000;w=3600;burst=20'],
  ...['allowed', 'allowed_warning', 'five_hour', 'seven_day_sonnet', 'true'],
])('a value as vendors send them passes: %s', (value) => {
  expect(passed(value)).toBe(value);
});

test.each([
  ...['Bearer sk-proj-Ab3dEf9876xyzQRSTuvw', 'sk-proj-Ab3dEf9876xyz', 'Ab3dEf9876xyzQRSTuvw', 'ab3d_ef98'],
  ...['arn:aws:bedrock:us-east-1:123456789012:inference-profile/x', 'abcdefghijklmnopqrstuvwxyz'],
  ...['', ' ', '1 sk-1', '1;key=sk1', '100;w=60;', '1'.repeat(17), '1,'.repeat(60), '9'.repeat(9_000)],
])('any other value is dropped, since it may hold anything: %s', (value) => {
  expect(ratesIn({ 'x-ratelimit-limit-requests': value })).toBeUndefined();
});

test('names are bounded in form and length, as their values are', () => {
  for (const name of [
    'anthropic-ratelimit-unified-5h-utilization',
    'anthropic-ratelimit-unified-7d_sonnet-reset',
    'x-ratelimit-remaining-tokens_usage_based',
    'x-ratelimit-limit-audio-seconds-minute',
  ])
    expect(passed('1', name)).toBe('1');
  for (const name of [
    'x-ratelimit-',
    'x-ratelimit-sk-proj-ab3def9876xyzqrstuvw',
    `x-ratelimit-${'a'.repeat(100)}`,
    `x-ratelimit${'-a'.repeat(20)}`,
    `${'a'.repeat(40)}-ratelimit-limit`,
  ])
    expect(passed('1', name)).toBeUndefined();
});

test('of hundreds of such headers only so many pass', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const names = letters.flatMap((a) => letters.map((b) => `x-ratelimit-limit-${a}${b}`));
  expect(Object.keys(ratesIn(Object.fromEntries(names.map((name) => [name, '1'])))!)).toHaveLength(40);
});
