import { expect, it } from 'vitest';
import { streamBounds } from '../../../shared/dialects/kit/stream-bounds.ts';

it('fails at one part more than is kept', () => {
  const bounds = streamBounds();
  bounds.parts(50_000);
  expect(() => bounds.parts(50_001)).toThrow(expect.objectContaining({ kind: 'upstream' }));
});

it('adds up what is kept', () => {
  const bounds = streamBounds();
  const half = 'a'.repeat(8_000_000);
  bounds.keep(half);
  bounds.keep(half);
  expect(() => bounds.keep('a')).toThrow(expect.objectContaining({ kind: 'upstream' }));
});
