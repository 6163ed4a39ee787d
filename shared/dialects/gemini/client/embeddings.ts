import * as z from 'zod';
import { defined } from '../../../chat/defined.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { type EmbeddingsReply, type EmbeddingsRequest, encodeVector } from '../../../vectors/embeddings.ts';
import type { RequestUrl } from '../../dialect.ts';
import { checked } from '../../kit/checked.ts';
import { GEMINI } from '../names.ts';
import { purposeOf } from '../tasks.ts';
import { readUrl } from './path.ts';
import { plainForm } from './plain-form.ts';

/** One text to be turned into a vector. @see https://ai.google.dev/api/embeddings#EmbedContentRequest */
const single = z.looseObject({
  content: z.looseObject({ parts: z.array(z.looseObject({ text: z.string() })).min(1, 'expected a part with text') }),
  taskType: z.string().nullish(),
  title: z.string().nullish(),
  outputDimensionality: z.int().positive().nullish(),
});
const batch = z.looseObject({ requests: z.array(single).min(1, 'expected a request').max(2048) });

type Single = z.output<typeof single>;

/** Reads `:embedContent` and `:batchEmbedContents`, or refuses it naming the field. */
export function readEmbeddingsRequest(body: JsonObject, url?: RequestUrl): EmbeddingsRequest {
  const { model, action } = readUrl(url);
  const plain = plainForm(body);
  const requests = action === 'embedContent' ? [checked(single, plain)] : checked(batch, plain).requests;
  const taskType = same(requests, 'taskType');
  const title = same(requests, 'title');
  return {
    model,
    inputs: { type: 'texts', texts: requests.map(textOf) },
    encoding: 'float',
    ...defined({
      dimensions: same(requests, 'outputDimensionality'),
      purpose: taskType && taskType !== 'TASK_TYPE_UNSPECIFIED' ? purposeOf(taskType) : undefined,
      native: title ? { dialect: GEMINI, fields: { title } } : undefined,
    }),
  };
}

/** All parts of a content have one vector. */
function textOf({ content }: Single, position: number): string {
  const text = content.parts.map((part) => part.text).join('\n');
  if (text !== '') return text.toWellFormed();
  const param = `requests[${position}].content`;
  throw new GatewayError('invalid_request', `${param}: the text is empty.`, { param });
}

/** What is asked for all vectors of a batch. Not all providers could be asked for vectors of several kinds at once. */
function same<Name extends 'taskType' | 'title' | 'outputDimensionality'>(
  requests: readonly Single[],
  name: Name,
): Single[Name] {
  const value = requests[0]?.[name];
  if (requests.every((request) => request[name] === value)) return value;
  throw new GatewayError('invalid_request', `${name}: all requests of a batch must have the same.`, { param: name });
}

/** One vector stands alone, several in a list. */
export function writeEmbeddingsReply(
  { vectors, usage }: EmbeddingsReply,
  _: EmbeddingsRequest,
  url?: RequestUrl,
): JsonObject {
  const embeddings = vectors.map((vector) => ({ values: encodeVector(vector, 'float') }));
  const counts = usage ? { usageMetadata: { promptTokenCount: usage.input, totalTokenCount: usage.input } } : {};
  return readUrl(url).action === 'embedContent' ? { embedding: embeddings[0], ...counts } : { embeddings, ...counts };
}
