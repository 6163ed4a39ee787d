import { expect, test } from 'vitest';
import { isCodexQuery, writeModelList } from '../../../shared/dialects/openai-responses/client/models.ts';

test('Codex is known by the version it asks with', () => {
  expect(isCodexQuery('client_version=0.169.0')).toBe(true);
  expect(isCodexQuery('limit=1000')).toBe(false);
});

test('a model of which nothing is known has every field without which Codex 0.169.0 discards the whole list', () => {
  const { models } = writeModelList([{ id: 'smart', provider: 'p' }]) as { models: Record<string, unknown>[] };
  expect(models[0]).toMatchObject({
    slug: 'smart',
    display_name: 'smart',
    priority: 0,
    visibility: 'list',
    supported_in_api: true,
    supported_reasoning_levels: [],
    shell_type: 'shell_command',
    support_verbosity: false,
    truncation_policy: { mode: 'bytes', limit: 10_000 },
    experimental_supported_tools: [],
    base_instructions: expect.stringContaining('*** Begin Patch'),
  });
  expect(models[0]).not.toHaveProperty('context_window');
});

test('what is known of a model is said in the words of Codex', () => {
  const { models } = writeModelList([
    { id: 'a', provider: 'p', displayName: 'A', contextLength: 400, maxInputTokens: 300, sees: false, thinks: true },
    { id: 'b', provider: 'p', contextLength: 200, sees: true, thinks: false },
  ]) as { models: Record<string, unknown>[] };
  expect(models).toMatchObject([
    {
      display_name: 'A',
      context_window: 300,
      input_modalities: ['text'],
      default_reasoning_level: 'medium',
      supported_reasoning_levels: [{ effort: 'low' }, { effort: 'medium' }, { effort: 'high' }],
      supports_reasoning_summaries: true,
    },
    { priority: 1, context_window: 200, input_modalities: ['text', 'image'], supports_reasoning_summaries: false },
  ]);
});
