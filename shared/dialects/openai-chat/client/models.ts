import type { JsonObject } from '../../../http/json.ts';
import { type ListedModel, MODEL_CREATED } from '../../kit/listed-model.ts';

/** @see https://platform.openai.com/docs/api-reference/models/object */
export const writeModel = ({ id, provider }: ListedModel): JsonObject => ({
  id,
  object: 'model',
  created: MODEL_CREATED,
  owned_by: provider,
});

/** All models at once: OpenAI's list has no pages. @see https://platform.openai.com/docs/api-reference/models/list */
export const writeModelList = (models: readonly ListedModel[]): JsonObject => ({
  object: 'list',
  data: models.map(writeModel),
});
