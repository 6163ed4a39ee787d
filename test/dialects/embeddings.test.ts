import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bedrockEmbeddings } from '../../shared/dialects/bedrock/provider/embeddings.ts';
import { cohereEmbeddings } from '../../shared/dialects/cohere/provider/embeddings.ts';
import type { EmbeddingsDialect } from '../../shared/dialects/dialect.ts';
import { geminiEmbeddings } from '../../shared/dialects/gemini/provider/embeddings.ts';
import { openaiEmbeddings } from '../../shared/dialects/openai-chat/provider/embeddings.ts';
import type { Traits } from '../../shared/dialects/traits.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/http/json.ts';
import type { EmbeddingsRequest } from '../../shared/vectors/embeddings.ts';

/** Bodies as they come over the wire; synthetic, after the vendors' documentation. */
const ask = (extra: Partial<EmbeddingsRequest> = {}): EmbeddingsRequest => ({
  model: 'vectors',
  inputs: { type: 'texts', texts: ['a', '世界'] },
  encoding: 'float',
  ...extra,
});

function write(dialect: EmbeddingsDialect, request: EmbeddingsRequest, model: string, traits: Traits = {}) {
  const { body, dropped } = dialect.writeRequest(request, { model, traits });
  return { body: JSON.parse(Buffer.from(body).toString('utf8')), dropped };
}

function failure(run: () => unknown): GatewayError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe("OpenAI's embeddings", () => {
  test('are asked for in its words', () => {
    const request = ask({
      dimensions: 8,
      endUser: 'u',
      native: { dialect: 'openai-chat', fields: { truncate: 'END' } },
    });
    expect(write(openaiEmbeddings, request, 'm-1').body).toEqual({
      model: 'm-1',
      input: ['a', '世界'],
      dimensions: 8,
      encoding_format: 'float',
      user: 'u',
      truncate: 'END',
    });
    expect(write(openaiEmbeddings, ask({ inputs: { type: 'tokens', lists: [[1]] } }), 'm').body.input).toEqual([[1]]);
  });

  test('leave out what a provider refuses; an encoding it does not know is no loss', () => {
    const traits = { drops: ['encoding_format', 'user'] };
    const { body, dropped } = write(openaiEmbeddings, ask({ endUser: 'u', encoding: 'base64' }), 'm', traits);
    expect(body).toEqual({ model: 'm', input: ['a', '世界'] });
    expect(dropped).toEqual(['user']);
  });

  test('are made beside the conversations of a provider with a path of its own', () => {
    expect(openaiEmbeddings.path({ model: 'm', chatPath: undefined })).toBe('/embeddings');
    expect(openaiEmbeddings.path({ model: 'm', chatPath: '/deployments/m/chat/completions' })).toBe(
      '/deployments/m/embeddings',
    );
  });

  test('#90 are put in order by their index', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    const read = (body: object) => openaiEmbeddings.readReply(body as JsonObject, { count: 2, headers: {} });
    expect(read({ data, model: 'm', usage: { prompt_tokens: '5', total_tokens: 5 } })).toEqual({
      vectors: [[1], [2]],
      model: 'm',
      usage: { input: 5, output: 0 },
    });
    expect(read({ data: data.map(({ embedding }) => ({ embedding })) }).vectors).toEqual([[2], [1]]);
    expect(read({ data: data.map((item) => ({ ...item, index: 0 })) }).vectors).toEqual([[2], [1]]);
  });
});

describe("Cohere's embeddings", () => {
  test('are asked for in its words, for documents unless said', () => {
    expect(write(cohereEmbeddings, ask({ dimensions: 256, endUser: 'u' }), 'embed-v4.0')).toEqual({
      body: {
        model: 'embed-v4.0',
        texts: ['a', '世界'],
        input_type: 'search_document',
        embedding_types: ['float'],
        output_dimension: 256,
      },
      dropped: ['user'],
    });
    expect(write(cohereEmbeddings, ask({ purpose: 'search_query' }), 'm').body.input_type).toBe('search_query');
    expect(cohereEmbeddings.path({ model: 'm', chatPath: undefined })).toBe('/embed');
  });

  test('are read with their count of tokens', () => {
    const embeddings = { float: [[1], [2]] };
    const read = (meta?: object) =>
      cohereEmbeddings.readReply(
        { id: 'x', embeddings, texts: ['a'], ...(meta ? { meta } : {}) },
        { count: 2, headers: {} },
      );
    expect(read({ billed_units: { input_tokens: 4 } })).toEqual({
      vectors: [[1], [2]],
      usage: { input: 4, output: 0 },
    });
    expect(read({ tokens: { input_tokens: 6 }, billed_units: { input_tokens: 4 } }).usage?.input).toBe(6);
    expect(read()).toEqual({ vectors: [[1], [2]] });
  });
});

describe("Gemini's embeddings", () => {
  test('are asked for all at once', () => {
    const part = (text: string) => ({
      model: 'models/gemini-embedding-001',
      content: { parts: [{ text }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 768,
    });
    const request = ask({ dimensions: 768, purpose: 'search_query' });
    expect(write(geminiEmbeddings, request, 'gemini-embedding-001')).toEqual({
      body: { requests: [part('a'), part('世界')] },
      dropped: [],
    });
    expect(write(geminiEmbeddings, ask({ purpose: 'odd', endUser: 'u' }), 'm').dropped).toEqual(['user', 'input_type']);
    expect(geminiEmbeddings.path({ model: 'gemini-embedding-001', chatPath: undefined })).toBe(
      '/models/gemini-embedding-001:batchEmbedContents',
    );
    expect(geminiEmbeddings.mostInputs({ model: 'm', traits: {} })).toBe(100);
  });

  test('are read', () => {
    const body = { embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 4 } };
    expect(geminiEmbeddings.readReply(body, { count: 2, headers: {} })).toEqual({
      vectors: [[1], [2]],
      usage: { input: 4, output: 0 },
    });
  });
});

describe("Bedrock's embeddings", () => {
  const one = ask({ inputs: { type: 'texts', texts: ['a'] }, dimensions: 256 });

  test("are Titan's, a text a call", () => {
    const model = 'amazon.titan-embed-text-v2:0';
    expect(write(bedrockEmbeddings, { ...one, purpose: 'clustering' }, model)).toEqual({
      body: { inputText: 'a', dimensions: 256 },
      dropped: ['input_type'],
    });
    expect(bedrockEmbeddings.mostInputs({ model, traits: {} })).toBe(1);
    expect(bedrockEmbeddings.path({ model, chatPath: undefined })).toBe('/model/amazon.titan-embed-text-v2%3A0/invoke');
    const body = { embedding: [1, 2], embeddingsByType: { float: [1, 2] }, inputTextTokenCount: 3 };
    expect(bedrockEmbeddings.readReply(body, { count: 1, headers: {} })).toEqual({
      vectors: [[1, 2]],
      usage: { input: 3, output: 0 },
    });
  });

  test.each(['cohere.embed-v4:0', 'us.cohere.embed-v4:0', 'cohere.embed-multilingual-v3'])(
    "are Cohere's: %s",
    (model) => {
      expect(write(bedrockEmbeddings, one, model).body).toEqual({
        texts: ['a'],
        input_type: 'search_document',
        embedding_types: ['float'],
        output_dimension: 256,
      });
      expect(bedrockEmbeddings.mostInputs({ model, traits: {} })).toBe(96);
      const headers = { 'x-amzn-bedrock-input-token-count': '5' };
      const usage = { input: 5, output: 0 };
      for (const embeddings of [{ float: [[1]] }, [[1]]]) {
        expect(bedrockEmbeddings.readReply({ embeddings }, { count: 1, headers })).toEqual({ vectors: [[1]], usage });
      }
    },
  );

  test('of a model behind an ARN are those of the model that the configuration names', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    const traits = { baseModel: 'amazon.titan-embed-text-v1' };
    expect(write(bedrockEmbeddings, one, arn, traits).body.inputText).toBe('a');
    expect(bedrockEmbeddings.path({ model: arn, chatPath: undefined })).toContain('%3A123456789012%3A');
    expect(failure(() => write(bedrockEmbeddings, one, arn))).toMatchObject({ param: 'model', status: 400 });
  });

  test('of a model that makes none are refused', () => {
    expect(
      failure(() => bedrockEmbeddings.mostInputs({ model: 'anthropic.claude-sonnet-4-5', traits: {} })).param,
    ).toBe('model');
  });
});

describe.each([
  ['openai', openaiEmbeddings],
  ['cohere', cohereEmbeddings],
  ['gemini', geminiEmbeddings],
  ['bedrock', bedrockEmbeddings],
])('a reply of %s', (_, dialect) => {
  test('that lacks a vector is a failure of the provider', () => {
    expect(failure(() => dialect.readReply({}, { count: 1, headers: {} }))).toMatchObject({ kind: 'upstream' });
  });

  test('of any JSON is read or refused, never a crash', () => {
    const names = fc.constantFrom(
      'data',
      'embeddings',
      'embedding',
      'usage',
      'meta',
      'usageMetadata',
      'inputTextTokenCount',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), fc.integer({ min: 1, max: 2 }), (body, count) => {
        try {
          dialect.readReply(body, { count, headers: {} });
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
