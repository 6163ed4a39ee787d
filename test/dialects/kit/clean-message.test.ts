import { describe, expect, test } from 'vitest';
import { cleanMessage } from '../../../shared/dialects/kit/clean-message.ts';

describe('a provider’s sentence', () => {
  test.each([
    ['Incorrect API key provided: sk-proj-abcDEF123456****wxyz.', 'sk-proj'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.abc.def is wrong', 'eyJ'],
    ['GET https://x.example/v1?key=AIzaSyA1234567890abcdef&alt=sse failed', 'AIza'],
    ['gsk_abcdefghijklmnop refused', 'gsk_abc'],
    ['bce-v3/ALTAK-abcdefghijk/0123456789 refused', 'ALTAK'],
    ['AKIAIOSFODNN7EXAMPLE is not authorized', 'AKIA'],
  ])('%s loses its secret', (message, secret) => {
    expect(cleanMessage(message)).toContain('***');
    expect(cleanMessage(message)).not.toContain(secret);
  });

  test.each([
    'the keyboard is key-less',
    'rate limit reached for gpt-4o in organization',
    'messages: at least one message is required',
    'skateboarding is not a secret',
  ])('%s stays as it is', (message) => {
    expect(cleanMessage(message)).toBe(message);
  });

  test('markup is no sentence, and length is bounded', () => {
    expect(cleanMessage('<!DOCTYPE html><html>502</html>')).toBeUndefined();
    expect(cleanMessage('   ')).toBeUndefined();
    expect(cleanMessage('x'.repeat(100_000))?.length).toBe(2000);
  });
});
