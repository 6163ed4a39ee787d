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
