import { tokenCount } from '../../../chat/usage.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { encodeText, type Headers } from '../../../http/message.ts';
import { checkVectors } from '../../../vectors/check.ts';
import type { EmbeddingsRequest } from '../../../vectors/embeddings.ts';
import type { DialectTarget, EmbeddingsDialect } from '../../dialect.ts';
import { namesOfGiven } from '../../kit/field-edits.ts';
import { unsupported } from '../../kit/refusals.ts';
import { pathSegment } from '../../model-path.ts';

/** Bedrock has no format of its own for vectors: each family of models is asked in its vendor's. */
interface Family {
  mostInputs: number;
  write(request: EmbeddingsRequest, texts: string[]): JsonObject;
  /** Whether it takes what the vectors are for. */
  takesPurpose: boolean;
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: Family = {
  mostInputs: 1,
  takesPurpose: false,
  write: ({ dimensions }, [text]) => ({ inputText: text, ...(dimensions === undefined ? {} : { dimensions }) }),
};

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: Family = {
  mostInputs: 96,
  takesPurpose: true,
  write: ({ dimensions, purpose = 'search_document' }, texts) => ({
    texts,
    input_type: purpose,
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
  }),
};

/** The family of a model id, with or without a region before it; of the model behind an id that names none. */
function familyOf({ model, traits }: DialectTarget): Family {
  const id = traits.baseModel ?? model;
  if (/\bamazon\.titan-embed-text/.test(id)) return titan;
  if (/\bcohere\.embed-/.test(id)) return cohere;
  throw unsupported(`The model '${id}' makes no embeddings that this gateway can read.`, 'model');
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html */
export const bedrockEmbeddings: EmbeddingsDialect = {
  mostInputs: (target) => familyOf(target).mostInputs,
  takesTokens: false,
  path: ({ model }) => `/model/${pathSegment(model)}/invoke`,

  writeRequest(request, target) {
    const family = familyOf(target);
    const texts = request.inputs.type === 'texts' ? request.inputs.texts : [];
    const untaken = {
      user: request.endUser,
      input_type: family.takesPurpose ? undefined : request.purpose,
      ...request.native?.fields,
    };
    return {
      headers: {},
      body: encodeText(JSON.stringify(family.write(request, texts))),
      dropped: namesOfGiven(untaken),
    };
  },

  readReply(body, { count, headers }) {
    const input = tokenCount(body.inputTextTokenCount) ?? countedByBedrock(headers);
    return {
      vectors: checkVectors(vectorsOf(body), count),
      ...(input === undefined ? {} : { usage: { input, output: 0 } }),
    };
  },
};

/** Titan has one vector, Cohere a list of them, or one list for each type that was asked for. */
function vectorsOf({ embedding, embeddings }: JsonObject): unknown[] {
  if (Array.isArray(embedding)) return [embedding];
  const floats = isJsonObject(embeddings) ? embeddings.float : embeddings;
  return Array.isArray(floats) ? floats : [];
}

/** For models that count nothing themselves, Bedrock counts in a header. */
const countedByBedrock = (headers: Headers): number | undefined =>
  tokenCount(headers['x-amzn-bedrock-input-token-count']);
