import { describe, expect, test } from 'vitest';
import { estimateInput } from '../../../../shared/dialects/anthropic/client/estimate-input.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';

const user = (content: unknown): JsonObject => ({ role: 'user', content });
const body = (messages: unknown[], extra: JsonObject = {}): JsonObject => ({
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages,
  ...extra,
});
describe('the estimate of a request’s tokens', () => {
  test('#92 grows with what is said and is near a quarter of its bytes', () => {
    const words = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    const count = estimateInput(
      body([user(words)], { system: words, tools: [{ name: 'f', input_schema: { type: 'object' } }] }),
    );
    expect(count).toBeGreaterThan((words.length * 2) / 5);
    expect(count).toBeLessThan((words.length * 2) / 3.5);
  });

  test('pictures and pages have a price of their own, not that of their bytes', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(400_000) } };
    expect(estimateInput(body([user([image])]))).toBeLessThan(2000);
    expect(
      estimateInput(body([user([{ type: 'tool_result', tool_use_id: 'x', content: [image, image] }])])),
    ).toBeGreaterThan(3000);
  });

  test('a body without messages is still counted', () => {
    expect(estimateInput({})).toBe(1);
  });
});
