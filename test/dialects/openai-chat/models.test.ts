import { expect, test } from 'vitest';
import { writeModel, writeModelList } from '../../../shared/dialects/openai-chat/client/models.ts';

const model = { id: 'smart', object: 'model', created: 1_735_689_600, owned_by: 'acme' };

test("a model has OpenAI's fields, the provider as its owner, and the same moment each time", () => {
  expect(writeModel({ id: 'smart', provider: 'acme' })).toEqual(model);
});

test("a list of models has OpenAI's shape, also when it is empty", () => {
  expect(writeModelList([{ id: 'smart', provider: 'acme' }])).toEqual({ object: 'list', data: [model] });
  expect(writeModelList([])).toEqual({ object: 'list', data: [] });
});
