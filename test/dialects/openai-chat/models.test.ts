import { expect, test } from 'vitest';
import { writeModel, writeModelList } from '../../../shared/dialects/openai-chat/client/models.ts';

test("a model of which nothing is known has OpenAI's fields and a name", () => {
  expect(writeModel({ id: 'smart', provider: 'acme' })).toEqual({
    id: 'smart',
    object: 'model',
    type: 'model',
    created: 1_735_689_600,
    owned_by: 'acme',
    name: 'smart',
    display_name: 'smart',
  });
});

test('what is known of a model stands under the names that agents look for', () => {
  const known = {
    contextLength: 400,
    maxInputTokens: 300,
    maxOutputTokens: 100,
    sees: true,
    tools: true,
    thinks: false,
  };
  expect(writeModel({ id: 'smart', provider: 'acme', displayName: 'Smart 5', ...known })).toMatchObject({
    name: 'Smart 5',
    context_length: 400,
    max_input_tokens: 300,
    max_output_tokens: 100,
    capabilities: { vision: true, tools: true, reasoning: false },
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    top_provider: { context_length: 400, max_completion_tokens: 100 },
    supported_parameters: ['tools', 'tool_choice'],
  });
  expect(writeModel({ id: 'a', provider: 'acme', sees: false, thinks: true })).toMatchObject({
    capabilities: { vision: false, reasoning: true },
    architecture: { input_modalities: ['text'] },
    supported_parameters: ['reasoning', 'reasoning_effort'],
  });
});

test('a list says that it is all there is', () => {
  const list = writeModelList([
    { id: 'a', provider: 'p' },
    { id: 'b', provider: 'p' },
  ]);
  expect(list).toMatchObject({ object: 'list', has_more: false, first_id: 'a', last_id: 'b' });
  expect(writeModelList([])).toMatchObject({ data: [], first_id: null, last_id: null });
});
