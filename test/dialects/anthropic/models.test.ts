import { describe, expect, test } from 'vitest';
import { isAnthropicCaller, writeModel, writeModelPage } from '../../../shared/dialects/anthropic/client/models.ts';

const models = Array.from({ length: 25 }, (_, index) => ({ id: `m${index}`, provider: 'acme' }));

function page(query: string): { ids: string[]; more: unknown; ends: unknown[] } {
  const { data, has_more: more, first_id: first, last_id: last } = writeModelPage(models, query);
  return { ids: (data as { id: string }[]).map(({ id }) => id), more, ends: [first, last] };
}

test("a model has Anthropic's fields and the same moment each time", () => {
  expect(
    writeModel({ id: 'smart', displayName: 'Smart 5', contextLength: 400, maxInputTokens: 300, maxOutputTokens: 100 }),
  ).toEqual({
    type: 'model',
    id: 'smart',
    display_name: 'Smart 5',
    created_at: '2025-01-01T00:00:00.000Z',
    max_input_tokens: 300,
    max_tokens: 100,
    capabilities: null,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
  });
});

test('what is not known of a model is null, and its name is its id', () => {
  expect(writeModel({ id: 'smart' })).toMatchObject({
    display_name: 'smart',
    max_input_tokens: null,
    max_tokens: null,
  });
  expect(writeModel({ id: 'smart', contextLength: 400 })).toMatchObject({ max_input_tokens: 400 });
});

test('a caller of Anthropic is known by the version it sends', () => {
  expect(isAnthropicCaller({ 'anthropic-version': '2023-06-01' })).toBe(true);
  expect(isAnthropicCaller({ authorization: 'Bearer x' })).toBe(false);
});

describe('a page of models', () => {
  test('holds twenty unless said, and says that there are more', () => {
    const { ids, more, ends } = page('');
    expect(ids).toHaveLength(20);
    expect([more, ...ends]).toEqual([true, 'm0', 'm19']);
  });

  test('goes on behind a model, to the last one', () => {
    expect(page('after_id=m19')).toEqual({
      ids: ['m20', 'm21', 'm22', 'm23', 'm24'],
      more: false,
      ends: ['m20', 'm24'],
    });
    expect(page('after_id=m2&limit=2')).toEqual({ ids: ['m3', 'm4'], more: true, ends: ['m3', 'm4'] });
  });

  test('goes back from a model, and says whether there are more before it', () => {
    expect(page('before_id=m5&limit=2')).toEqual({ ids: ['m3', 'm4'], more: true, ends: ['m3', 'm4'] });
    expect(page('before_id=m2&limit=5')).toEqual({ ids: ['m0', 'm1'], more: false, ends: ['m0', 'm1'] });
  });

  test('is empty behind the last model', () => {
    expect(page('after_id=m24')).toEqual({ ids: [], more: false, ends: [null, null] });
  });

  test.each(['0', '1001', '1.5', 'x'])('is not of %s models', (limit) => {
    expect(() => page(`limit=${limit}`)).toThrow('limit: expected a whole number from 1 to 1000.');
  });

  test('begins at a model that is there', () => {
    expect(() => page('after_id=m99')).toThrow("after_id: there is no model 'm99'.");
  });
});
