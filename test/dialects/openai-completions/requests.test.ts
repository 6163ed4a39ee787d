import { describe, expect, test } from 'vitest';
import { openaiCompletionsClient as client } from '../../../shared/dialects/openai-completions/client/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

const body = (fields: JsonObject = {}): JsonObject => ({ model: 'm', prompt: 'Once upon', ...fields });

function refusalOf(fields: JsonObject): GatewayError {
  try {
    client.glance(body(fields));
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

describe('a prompt', () => {
  test.each([['Once upon'], [['Once upon']]])('of %j is what a user says', (prompt) => {
    expect(client.readRequest(body({ prompt })).messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Once upon' }] },
    ]);
  });

  test('with a suffix is a gap to be filled, said in words', () => {
    const [system, user] = client.readRequest(body({ prompt: 'def f():', suffix: '\n  return x' })).messages;
    expect(system).toMatchObject({ role: 'system', parts: [{ text: expect.stringContaining('gap') }] });
    expect(user).toEqual({
      role: 'user',
      parts: [{ type: 'text', text: '<prefix>def f():</prefix>\n<suffix>\n  return x</suffix>' }],
    });
  });

  test.each([
    [['a', 'b'], 'unsupported_value'],
    [[1, 2, 3], 'unsupported_value'],
    [[[1, 2], [3]], 'unsupported_value'],
    [null, 'missing_required_parameter'],
    ['', 'missing_required_parameter'],
    [[], 'missing_required_parameter'],
    [{ text: 'x' }, 'invalid_type'],
  ])('of %j is refused, never taken for something else', (prompt, code) => {
    expect(refusalOf({ prompt })).toMatchObject({ kind: 'invalid_request', status: 400, param: 'prompt', code });
  });
});

describe('parameters', () => {
  test('#84 #85 go under the hub’s names, what is left rides along', () => {
    const fields = {
      n: 2,
      best_of: 2,
      max_tokens: 5,
      temperature: 0.1,
      top_p: 0.2,
      frequency_penalty: 0.3,
      presence_penalty: 0.4,
      seed: 7,
      stop: ['', 'END'],
      logprobs: 3,
      user: 'u',
      logit_bias: { 50256: -100 },
      stream: true,
      stream_options: { include_usage: true },
    };
    expect(client.readRequest(body(fields))).toEqual({
      model: 'm',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Once upon' }] }],
      stream: true,
      streamUsage: true,
      choices: 2,
      maxTokens: 5,
      temperature: 0.1,
      topP: 0.2,
      frequencyPenalty: 0.3,
      presencePenalty: 0.4,
      seed: 7,
      stop: ['END'],
      logprobs: { top: 3 },
      endUser: 'u',
      native: { dialect: 'openai-completions', fields: { logit_bias: { 50256: -100 } } },
    });
    expect(client.glance(body(fields))).toMatchObject({ stream: true, streamUsage: true, maxTokens: 5 });
  });

  test.each([
    [{ best_of: 3 }, 'best_of'],
    [{ best_of: 3, n: 2 }, 'best_of'],
    [{ echo: true, logprobs: 1 }, 'logprobs'],
    [{ echo: true, suffix: 'x' }, 'suffix'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ n: 0 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ model: undefined }, 'model'],
  ])('#87 %j is refused by its name', (fields, param) => {
    expect(refusalOf(fields)).toMatchObject({ kind: 'invalid_request', status: 400, param });
  });
});
