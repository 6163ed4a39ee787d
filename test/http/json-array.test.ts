import { expect, test } from 'vitest';
import { jsonArray } from '../../shared/http/json-array.ts';

test.each([0, 1, 2, 255, 256, 257, 1_000])('%i texts are one array', (count) => {
  const texts = Array.from({ length: count }, (_, at) => `{"a":${at}}`);
  expect(jsonArray(texts)).toBe(`[${texts.join(',')}]`);
});
