import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEmbeddingsRequest, writeEmbeddingsReply } from '../../../shared/dialects/openai-chat/client/embeddings.ts';
import { GatewayError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import type { EmbeddingsRequest } from '../../../shared/vectors/embeddings.ts';

const asked: EmbeddingsRequest = {
  model: 'vectors',
  inputs: { type: 'texts', texts: ['a', '世界'] },
  encoding: 'float',
};

function failure(run: () => unknown): GatewayError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe("a caller's request for embeddings", () => {
  test.each([
    ['one text', 'a', { type: 'texts', texts: ['a'] }],
    ['texts', ['a', 'b'], { type: 'texts', texts: ['a', 'b'] }],
    ['one list of tokens', [1, 2, 3], { type: 'tokens', lists: [[1, 2, 3]] }],
    ['lists of tokens', [[1], [2, 3]], { type: 'tokens', lists: [[1], [2, 3]] }],
  ])('is read with %s', (_, input, inputs) => {
    expect(readEmbeddingsRequest({ model: 'm', input })).toEqual({ model: 'm', inputs, encoding: 'float' });
  });

  test('is read with all its fields; what we do not know is kept', () => {
    const body = {
      model: 'm',
      input: 'a',
      encoding_format: 'base64',
      dimensions: 8,
      user: 'u',
      input_type: 'search_query',
    };
    expect(readEmbeddingsRequest({ ...body, truncate: 'END', nothing: null })).toEqual({
      model: 'm',
      inputs: { type: 'texts', texts: ['a'] },
      encoding: 'base64',
      dimensions: 8,
      endUser: 'u',
      purpose: 'search_query',
      native: { dialect: 'openai-chat', fields: { truncate: 'END' } },
    });
  });

  test.each([
    [{ input: 'a' }, 'model', 'missing_required_parameter'],
    [{ model: 'm' }, 'input', 'missing_required_parameter'],
    [{ model: 'm', input: '' }, 'input', 'invalid_value'],
    [{ model: 'm', input: [] }, 'input', 'empty_array'],
    [{ model: 'm', input: {} }, 'input', 'invalid_type'],
    [{ model: 'm', input: ['a', ''] }, 'input[1]', 'invalid_value'],
    [{ model: 'm', input: ['a', 7] }, 'input[1]', 'invalid_type'],
    [{ model: 'm', input: [1, 'a'] }, 'input[1]', 'invalid_type'],
    [{ model: 'm', input: [1, -1] }, 'input[1]', 'invalid_type'],
    [{ model: 'm', input: [[1], []] }, 'input[1]', 'empty_array'],
    [{ model: 'm', input: [[1], 'a'] }, 'input[1]', 'invalid_type'],
    [{ model: 'm', input: [[1], [2.5]] }, 'input[1][0]', 'invalid_type'],
    [{ model: 'm', input: [null] }, 'input[0]', 'invalid_type'],
    [{ model: 'm', input: Array(2049).fill('a') }, 'input', 'array_above_max_length'],
    [{ model: 'm', input: 'a', dimensions: 0 }, 'dimensions', 'invalid_value'],
    [{ model: 'm', input: 'a', dimensions: '8' }, 'dimensions', 'invalid_type'],
    [{ model: 'm', input: 'a', encoding_format: 'hex' }, 'encoding_format', 'invalid_value'],
    [{ model: 'm', input: 'a', user: 7 }, 'user', 'invalid_type'],
  ])('%j is refused, naming %s', (body, param, code) => {
    expect(failure(() => readEmbeddingsRequest(body as JsonObject))).toMatchObject({
      kind: 'invalid_request',
      param,
      code,
    });
  });

  test('takes 2048 inputs', () => {
    expect(readEmbeddingsRequest({ model: 'm', input: Array(2048).fill('a') }).inputs).toMatchObject({ type: 'texts' });
  });

  test('of any JSON is read or refused, never a crash', () => {
    const body = fc.record(
      { model: fc.constant('m'), input: fc.jsonValue(), dimensions: fc.jsonValue() },
      { requiredKeys: ['model'] },
    );
    fc.assert(
      fc.property(body, (value) => {
        try {
          readEmbeddingsRequest(value);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('#90 a reply is written in the order of the inputs, in the encoding that was asked for', () => {
  const reply = { vectors: [[1, -2.5], 'AACAPw=='], usage: { input: 3, output: 0 } };
  expect(writeEmbeddingsReply(reply, { ...asked, encoding: 'base64' })).toEqual({
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: 'AACAPwAAIMA=' },
      { object: 'embedding', index: 1, embedding: 'AACAPw==' },
    ],
    model: 'vectors',
    usage: { prompt_tokens: 3, total_tokens: 3 },
  });
  expect(writeEmbeddingsReply({ ...reply, model: 'theirs' }, asked)).toMatchObject({
    data: [{ embedding: [1, -2.5] }, { embedding: [1] }],
    model: 'theirs',
  });
});
