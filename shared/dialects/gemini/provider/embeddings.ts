import { tokenCount } from '../../../chat/usage.ts';
import { isJsonObject } from '../../../http/json.ts';
import { encodeText } from '../../../http/message.ts';
import { checkVectors } from '../../../vectors/check.ts';
import type { EmbeddingsDialect } from '../../dialect.ts';
import { namesOfGiven } from '../../kit/field-edits.ts';
import { pathSegment } from '../../model-path.ts';
import { taskOf } from '../tasks.ts';

/** @see https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export const geminiEmbeddings: EmbeddingsDialect = {
  mostInputs: () => 100,
  takesTokens: false,
  path: ({ model }) => `/${nameOf(model)}:batchEmbedContents`,

  writeRequest({ inputs, dimensions, purpose, endUser, native }, { model }) {
    const taskType = purpose === undefined ? undefined : taskOf(purpose);
    const requests = (inputs.type === 'texts' ? inputs.texts : []).map((text) => ({
      model: nameOf(model),
      content: { parts: [{ text }] },
      ...(taskType ? { taskType } : {}),
      ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
    }));
    const untaken = { user: endUser, input_type: taskType ? undefined : purpose, ...native?.fields };
    return { headers: {}, body: encodeText(JSON.stringify({ requests })), dropped: namesOfGiven(untaken) };
  },

  readReply({ embeddings, usageMetadata: usage }, { count }) {
    const list = Array.isArray(embeddings) ? embeddings : [];
    const input = isJsonObject(usage) ? tokenCount(usage.promptTokenCount ?? usage.totalTokenCount) : undefined;
    return {
      vectors: checkVectors(
        list.map((item) => (isJsonObject(item) ? item.values : undefined)),
        count,
      ),
      ...(input === undefined ? {} : { usage: { input, output: 0 } }),
    };
  },
};

const nameOf = (model: string): string => `models/${pathSegment(model.replace(/^models\//, ''))}`;
