import { tokenCount } from '../../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import { checkVectors } from '../../../vectors/check.ts';
import type { EmbeddingsDialect } from '../../dialect.ts';

/** Cohere wants to know what vectors are for; OpenAI's callers do not say, and mostly they build an index. */
const DEFAULT_PURPOSE = 'search_document';

/** @see https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: EmbeddingsDialect = {
  mostInputs: () => 96,
  takesTokens: false,
  path: () => '/embed',

  writeRequest({ inputs, dimensions, purpose = DEFAULT_PURPOSE, endUser, native }, { model }) {
    const body = {
      model,
      texts: inputs.type === 'texts' ? inputs.texts : [],
      input_type: purpose,
      embedding_types: ['float'],
      ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    };
    const dropped = [...(endUser === undefined ? [] : ['user']), ...Object.keys(native?.fields ?? {})];
    return { headers: {}, body: encodeText(JSON.stringify(body)), dropped };
  },

  readReply({ embeddings, meta }, { count }) {
    const floats = isJsonObject(embeddings) ? embeddings.float : embeddings;
    const counts = isJsonObject(meta) ? meta : {};
    const input = inputTokens(counts.tokens) ?? inputTokens(counts.billed_units);
    return {
      vectors: checkVectors(Array.isArray(floats) ? floats : [], count),
      ...(input === undefined ? {} : { usage: { input, output: 0 } }),
    };
  },
};

const inputTokens = (counts: unknown): number | undefined =>
  isJsonObject(counts) ? tokenCount((counts as JsonObject).input_tokens) : undefined;
