import { describe, expect, test } from 'vitest';
import {
  notCounted,
  readCount,
  readCountRequest,
  writeCount,
} from '../../../../shared/dialects/anthropic/client/count-tokens.ts';

const messages = [{ role: 'user', content: 'Hi' }];

describe('a request to count tokens', () => {
  test('names a model and holds messages', () => {
    expect(readCountRequest({ model: 'claude', messages })).toEqual({ model: 'claude' });
  });

  test.each([
    ['model', { messages }],
    ['model', { model: '', messages }],
    ['model', { model: 7, messages }],
    ['messages', { model: 'claude' }],
    ['messages', { model: 'claude', messages: [] }],
    ['messages', { model: 'claude', messages: 'Hi' }],
  ])("without %s is refused in Anthropic's words", (param, body) => {
    expect(() => readCountRequest(body)).toThrow(
      expect.objectContaining({ message: `${param}: Field required`, param }),
    );
  });

  test('goes to a provider without the members that say how to answer, and with those that are counted', () => {
    expect(['max_tokens', 'stream', 'temperature', 'metadata'].every((name) => notCounted.has(name))).toBe(true);
    expect(
      ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking'].some((name) => notCounted.has(name)),
    ).toBe(false);
  });
});

describe('a count', () => {
  test('is read and written as input_tokens', () => {
    expect(readCount(writeCount(42))).toBe(42);
    expect(writeCount(42)).toEqual({ input_tokens: 42 });
  });

  test('is undefined where a provider sends none', () => {
    expect(readCount({ input_tokens: '42' })).toBeUndefined();
    expect(readCount({})).toBeUndefined();
  });
});
