import { describe, expect, test } from 'vitest';
import { anthropic } from '../../../shared/dialects/anthropic/provider/dialect.ts';
import { readOpenaiError } from '../../../shared/dialects/kit/openai/errors.ts';
import { errorWithin } from '../../../shared/dialects/openai-chat/errors.ts';

/** Error bodies as the servers of OpenAI's dialect write them, and the kind and code that each is read as. */
const read = (status: number, body: unknown) => readOpenaiError(status, body);
const error = (fields: object) => ({ error: fields });

describe('an account that is used up', () => {
  test.each([
    ['Moonshot', 429, { type: 'exceeded_current_quota_error', message: 'Your account is suspended.' }],
    ['Zhipu', 429, { code: '1113', message: '余额不足或无可用资源包,请充值。' }],
    ['OpenAI', 429, { type: 'insufficient_quota', code: 'insufficient_quota', message: 'You exceeded your quota.' }],
    ['DeepSeek', 402, { message: 'Insufficient Balance', type: 'unknown_error' }],
  ])('of %s is quota_exceeded', (_, status, fields) => {
    expect(read(status, error(fields)).kind).toBe('quota_exceeded');
  });

  test.each([
    ['Zhipu', { code: '1302', message: '您的账户已达到速率限制' }],
    ['Moonshot', { type: 'rate_limit_reached_error', message: 'Your account reached max request' }],
  ])('a rate limit of %s stays rate_limited', (_, fields) => {
    expect(read(429, error(fields)).kind).toBe('rate_limited');
  });
});

describe('a model that is not there', () => {
  test.each([
    ['Ollama', 404, error({ message: "model 'llama9' not found", type: 'not_found_error', param: null, code: null })],
    ['older Ollama', 404, { error: 'model "llama9" not found, try pulling it first' }],
    ['Fireworks', 404, error({ message: 'Model not found, inaccessible, and/or not deployed', code: 'NOT_FOUND' })],
    [
      'Together',
      404,
      error({
        message: 'Unable to access model x/y. Please visit',
        type: 'invalid_request_error',
        code: 'model_not_available',
      }),
    ],
    [
      'Volcengine',
      404,
      error({
        code: 'InvalidEndpointOrModel.NotFound',
        message: 'The model or endpoint x does not exist',
        type: 'NotFound',
      }),
    ],
    ['vLLM', 404, { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 }],
    ['Bedrock', 400, error({ message: 'The provided model identifier is invalid.', type: 'invalid_request_error' })],
    ['DeepSeek', 400, error({ message: 'Model Not Exist', type: 'invalid_request_error' })],
    [
      'Mistral',
      400,
      { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' },
    ],
    ['Zhipu', 400, error({ code: '1211', message: '模型不存在，请检查模型代码。' })],
    ['SiliconFlow', 400, { code: 20012, message: 'Model does not exist. Please check it carefully.', data: null }],
  ])('of %s is model_not_found', (_, status, body) => {
    expect(read(status, body)).toMatchObject({ kind: 'model_not_found', status: 404 });
  });

  test('another 404 is not', () => {
    expect(read(404, error({ message: "Previous response with id 'resp_1' not found." })).kind).toBe('not_found');
    expect(read(400, error({ message: 'The model may not be asked for audio.' })).kind).toBe('invalid_request');
  });
});

describe('a conversation that is too long', () => {
  test.each([
    [
      'vLLM',
      { object: 'error', message: "This model's maximum context length is 4096 tokens. However, you", code: 400 },
    ],
    [
      'llama.cpp',
      error({
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      }),
    ],
    ['newer llama.cpp', error({ message: 'request (1234 tokens) exceeds the available context size (512 tokens)' })],
    ['MiniMax', error({ message: 'invalid params, context window exceeds limit (2013)', type: 'bad_request_error' })],
    ['Moonshot', error({ message: 'Invalid request: Your request exceeded model token limit: 8192' })],
    [
      'xAI',
      { code: 'Client specified an invalid argument', error: "This model's maximum prompt length is 131072 but" },
    ],
    ['Mistral', { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' }],
    ['DashScope', error({ message: 'Range of input length should be [1, 30720]', code: 'invalid_parameter_error' })],
    ['Fireworks', error({ message: 'The prompt is too long: 5000, model maximum context length: 4096' })],
  ])('of %s has the code context_length_exceeded', (_, body) => {
    expect(read(400, body)).toMatchObject({ kind: 'invalid_request', code: 'context_length_exceeded' });
  });

  test('is so in the other dialects of the same servers', () => {
    const body = {
      type: 'error',
      error: { type: 'bad_request_error', message: 'context window exceeds limit (2013)' },
    };
    expect(anthropic.readError(400, body, {}).code).toBe('context_length_exceeded');
  });
});

describe('MiniMax answers 200 with a number of its own', () => {
  test.each([
    [1001, 'timeout'],
    [1002, 'rate_limited'],
    [1004, 'upstream_auth'],
    [1008, 'quota_exceeded'],
    [1026, 'invalid_request'],
    [1039, 'rate_limited'],
    [2013, 'invalid_request'],
    [2049, 'upstream_auth'],
    [1000, 'upstream'],
    [9999, 'upstream'],
  ])('%i is %s', (code, kind) => {
    const body = { base_resp: { status_code: code, status_msg: 'no' } };
    expect(errorWithin(body)?.kind).toBe(kind);
    const context = { id: 'x', model: 'm', now: 0 };
    expect(() => anthropic.readReply({ content: [], ...body }, context)).toThrow(expect.objectContaining({ kind }));
  });

  test('0 is no error', () => {
    expect(errorWithin({ base_resp: { status_code: 0, status_msg: '' } })).toBeUndefined();
  });
});

describe('a failed validation with a list of details', () => {
  const detail = [{ type: 'missing', loc: ['body', 'messages', 0, 'role'], msg: 'Field required', input: 'my diary' }];
  test.each([
    ['FastAPI', { detail }],
    ['Mistral', { object: 'error', message: { detail }, type: 'invalid_request_error', param: null, code: null }],
    ['under `error`', { error: { message: { detail } } }],
  ])('of %s: the first one is reported, with its place', (_, body) => {
    expect(read(422, body)).toMatchObject({
      kind: 'unprocessable',
      status: 422,
      message: 'Field required',
      param: 'messages[0].role',
    });
  });
});
