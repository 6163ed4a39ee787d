import { defined } from '../../../chat/defined.ts';
import { tokenCount } from '../../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { editMembers } from '../../../http/json-members.ts';
import { encodeText } from '../../../http/message.ts';
import { checkVectors } from '../../../vectors/check.ts';
import type { EmbeddingsDialect } from '../../dialect.ts';
import { editedFields } from '../../kit/field-edits.ts';
import { filled } from '../../kit/read-values.ts';
import { OPENAI_CHAT } from '../names.ts';
import { chatFieldEdits } from './fields.ts';

/** The gateway makes either encoding out of the other: a provider that knows but one loses nothing. */
const named = (dropped: readonly string[]): string[] => dropped.filter((name) => name !== 'encoding_format');

/**
 * Embeddings as OpenAI and its likes make them.
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openaiEmbeddings: EmbeddingsDialect = {
  mostInputs: () => 2048,
  takesTokens: true,
  // A path of the configuration's own is that of the conversation; the vectors are made beside it.
  path: ({ chatPath }) => chatPath?.replace(/\/chat\/completions$/, '/embeddings') ?? '/embeddings',

  writeRequest({ inputs, dimensions, encoding, endUser, purpose, native }, { model, traits }) {
    const body: JsonObject = {
      model,
      input: inputs.type === 'texts' ? inputs.texts : inputs.lists,
      ...defined({ dimensions, encoding_format: encoding, user: endUser, input_type: purpose }),
      ...(native?.dialect === OPENAI_CHAT ? native.fields : {}),
    };
    const edits = chatFieldEdits(Object.keys(body), traits);
    return {
      headers: {},
      body: encodeText(JSON.stringify(editedFields(body, edits))),
      dropped: named(edits.dropped),
    };
  },

  readReply(body, { count }) {
    const data = Array.isArray(body.data) ? body.data.filter(isJsonObject) : [];
    const { usage } = body;
    const input = isJsonObject(usage) ? tokenCount(usage.prompt_tokens ?? usage.total_tokens) : undefined;
    return {
      vectors: checkVectors(
        inOrder(data).map(({ embedding }) => embedding),
        count,
      ),
      ...defined({ model: filled(body.model) }),
      ...(input === undefined ? {} : { usage: { input, output: 0 } }),
    };
  },

  pass(body, { model, traits }) {
    const { rename, remove, dropped } = chatFieldEdits(
      body.members.map(({ key }) => key),
      traits,
    );
    const set = body.value.model === model ? {} : { model: JSON.stringify(model) };
    return { body: editMembers(body, { set, rename, remove }), dropped: named(dropped) };
  },
};

/** By their index where each has one of its own, else as they came. */
function inOrder(data: JsonObject[]): JsonObject[] {
  const byIndex = new Map(data.map((item) => [item.index, item]));
  const ordered = data.map((_, index) => byIndex.get(index));
  return ordered.every((item) => item !== undefined) ? ordered : data;
}
