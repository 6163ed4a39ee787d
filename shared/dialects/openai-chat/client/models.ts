import { defined } from '../../../chat/defined.ts';
import type { JsonObject } from '../../../http/json.ts';
import { type ListedModel, MODEL_CREATED } from '../../kit/listed-model.ts';

/**
 * OpenAI's object, and beside it what agents look for in lists of this kind. There is no standard: `context_length`, `architecture` and
 * `top_provider` are OpenRouter's names, `max_input_tokens` and `max_output_tokens` LangChain's and LiteLLM's, `name` both OpenRouter's
 * and opencode's, `type` and `display_name` Anthropic's.
 * @see https://platform.openai.com/docs/api-reference/models/object
 * @see https://openrouter.ai/docs/models
 */
export const writeModel = (model: ListedModel): JsonObject => {
  const { id, provider, displayName = id, contextLength, maxInputTokens, maxOutputTokens, sees, tools, thinks } = model;
  return defined({
    id,
    object: 'model',
    type: 'model',
    created: MODEL_CREATED,
    owned_by: provider,
    name: displayName,
    display_name: displayName,
    context_length: contextLength,
    max_input_tokens: maxInputTokens,
    max_output_tokens: maxOutputTokens,
    capabilities: filled(defined({ vision: sees, tools, reasoning: thinks })),
    architecture: sees === undefined ? undefined : modalities(sees),
    top_provider: filled(defined({ context_length: contextLength, max_completion_tokens: maxOutputTokens })),
    supported_parameters: tools === undefined && thinks === undefined ? undefined : parameters({ tools, thinks }),
  });
};

const filled = (fields: JsonObject): JsonObject | undefined => (Object.keys(fields).length === 0 ? undefined : fields);

const modalities = (sees: boolean): JsonObject => ({
  input_modalities: sees ? ['text', 'image'] : ['text'],
  output_modalities: ['text'],
});

const parameters = ({ tools, thinks }: Pick<ListedModel, 'tools' | 'thinks'>): string[] => [
  ...(tools ? ['tools', 'tool_choice'] : []),
  ...(thinks ? ['reasoning', 'reasoning_effort'] : []),
];

/** All models at once: OpenAI's list has no pages, and says so where clients ask for more. */
export const writeModelList = (models: readonly ListedModel[]): JsonObject => ({
  object: 'list',
  data: models.map(writeModel),
  has_more: false,
  first_id: models[0]?.id ?? null,
  last_id: models.at(-1)?.id ?? null,
});
