import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { type JsonObject, readJsonBody } from '../../../shared/http/json.ts';
import { editMembers } from '../../../shared/http/json-members.ts';
import { openaiResponses as dialect, unheld } from './held.ts';
import { call, context, message, response } from './wire.ts';

const readReply = (fields: JsonObject) => dialect.readReply(response(fields), context);

describe('a whole reply', () => {
  test('#45 counts are taken as they make sense: thinking is within the output, details may be missing', () => {
    const usage = {
      input_tokens: '12',
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 9 },
      total_tokens: 1,
    };
    expect(readReply({ usage }).usage).toEqual({ input: 12, output: 9, reasoning: 9 });
    expect(readReply({ usage: null })).not.toHaveProperty('usage');
  });

  test('counts under the names of chat completions are taken too: Fireworks uses these', () => {
    const usage = { prompt_tokens: 27, completion_tokens: 104, total_tokens: 131 };
    expect(readReply({ usage }).usage).toEqual({ input: 27, output: 104 });
  });

  test('messages of others than the model are no part of the answer: Fireworks gives the question back with it', () => {
    const asked = { ...message('How warm is it?', { id: 'msg_0' }), role: 'user' };
    const parts = [{ type: 'text', text: '18 degrees' }];
    expect(readReply({ output: [asked, message('18 degrees')] }).choices).toEqual([{ parts, finish: 'stop' }]);
  });

  test('#38 #39 one that was filtered keeps its text; an empty one is legal', () => {
    const filtered = {
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [message('part')],
    };
    expect(readReply(filtered).choices).toEqual([{ parts: [{ type: 'text', text: 'part' }], finish: 'refused' }]);
    expect(readReply({ output: [] }).choices).toEqual([{ parts: [], finish: 'stop' }]);
  });

  test('#26 one with calls ends for them', () => {
    expect(readReply({ output: [call(1)] }).choices[0]?.finish).toBe('tool-calls');
  });

  test('items of OpenAI’s own tools are kept for their own dialect', () => {
    const listed = { id: 'mcpl_1', type: 'mcp_list_tools', tools: [] };
    expect(readReply({ output: [listed, message('x')] }).choices[0]?.parts[0]).toEqual({
      type: 'native',
      native: { dialect: 'openai-responses', fields: listed },
    });
  });

  test.each([
    [{ type: 'search', query: 'a', queries: ['a', 'b'], sources: [{ type: 'url', url: 'https://x' }] }, ['a', 'b']],
    [{ type: 'search', query: 'a', sources: [{ type: 'url', url: 'https://x' }] }, ['a']],
    [{ type: 'open_page', url: 'https://x' }, ['https://x']],
  ])('a search of the web is a search in every dialect: %j', (action, queries) => {
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed', action };
    expect(readReply({ output: [search, message('x')] }).choices[0]?.parts[0]).toEqual({
      type: 'hosted-call',
      id: 'ws_1',
      queries,
      sources: [{ url: 'https://x' }],
    });
  });

  test.each([
    [
      { status: 'failed', error: { code: 'server_error', message: 'oh' } },
      { kind: 'upstream', message: 'oh' },
    ],
    [{ error: { code: 'invalid_prompt', message: 'no' } }, { kind: 'invalid_request', code: 'invalid_prompt' }],
    [{ status: 'in_progress' }, { kind: 'upstream' }],
    [{ output: undefined }, { kind: 'upstream' }],
  ])('#12 a 200 that is no answer is a failure: %j', (fields, expected) => {
    expect(() => readReply(fields)).toThrow(expect.objectContaining(expected));
  });

  test('any JSON is an answer or an error of ours', () => {
    const items = fc.array(
      fc.record({
        type: fc.constantFrom('message', 'reasoning', 'function_call', 'x'),
        content: fc.jsonValue(),
        summary: fc.jsonValue(),
        arguments: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(
        fc.record({ output: fc.oneof(items, fc.jsonValue()), usage: fc.jsonValue(), status: fc.jsonValue() }),
        (body) => {
          try {
            unheld.readReply(body, context);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GatewayError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a provider’s error', () => {
  const read = (status: number, error: unknown) => dialect.readError(status, error, {});

  test('400 keeps its words, path and code', () => {
    const body = {
      error: {
        message: "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        type: 'invalid_request_error',
        param: 'input',
        code: null,
      },
    };
    expect(read(400, body)).toMatchObject({
      kind: 'invalid_request',
      status: 400,
      param: 'input',
      message: body.error.message,
    });
  });

  test('#35 401 and 403 are the gateway’s trouble, and say nothing of the key', () => {
    const body = {
      error: { message: 'Incorrect API key provided: sk-proj-abcdefgh12345678', code: 'invalid_api_key' },
    };
    for (const status of [401, 403]) {
      expect(read(status, body)).toMatchObject({
        kind: 'upstream_auth',
        code: 'upstream_auth',
        message: expect.not.stringContaining('sk-'),
      });
    }
  });

  test('#33 429 is a rate limit, or a quota that no waiting helps', () => {
    expect(read(429, { error: { message: 'Slow', type: 'requests', code: 'rate_limit_exceeded' } })).toMatchObject({
      kind: 'rate_limited',
    });
    expect(read(429, { error: { message: 'Pay', code: 'insufficient_quota' } })).toMatchObject({
      kind: 'quota_exceeded',
    });
  });

  test('an unknown model is that, whatever its status', () => {
    const body = {
      error: { message: "The requested model 'x' does not exist.", param: 'model', code: 'model_not_found' },
    };
    expect(read(400, body)).toMatchObject({ kind: 'model_not_found', status: 404 });
  });

  test.each([
    ['<html><body>Bad gateway</body></html>', 'The provider answered with status 502.'],
    ['', 'The provider answered with status 502.'],
    ['upstream gone', 'upstream gone'],
    [[{ error: { message: 'in a list' } }], 'in a list'],
    [{ detail: [{ msg: 'field required' }] }, 'field required'],
    [{ error: 'a bare one' }, 'a bare one'],
    [[[[]]], 'The provider answered with status 502.'],
    [null, 'The provider answered with status 502.'],
  ])('#36 a body of %j becomes a sentence', (body, sentence) => {
    expect(read(502, body)).toMatchObject({ kind: 'upstream', message: sentence });
  });

  test('#36 any JSON in a body is an error with a sentence', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.jsonValue(), (status, body) => {
        expect(read(status, body).message).not.toBe('');
      }),
      { numRuns: 200 },
    );
  });
});

describe('the short road', () => {
  const short = dialect.short!;
  const passed = (fields: JsonObject, traits = {}, model = 'gpt-5') => {
    const body = readJsonBody(Buffer.from(JSON.stringify({ model: 'gpt-5', input: 'hi', ...fields })));
    const glance = client.glance(body.value);
    const { edits, dropped, hidesUsage } = short.edit(body, glance, { model, traits });
    expect(hidesUsage).toBe(false);
    return { text: editMembers(body, edits).toString(), dropped, mayPass: short.mayPass(glance, traits) };
  };

  test('bytes pass as they came where nothing must change, unknown fields and all', () => {
    const fields = { tools: [{ type: 'web_search' }], new_field: { z: 1, a: [1.0] } };
    expect(passed(fields)).toEqual({
      text: JSON.stringify({ model: 'gpt-5', input: 'hi', ...fields }),
      dropped: [],
      mayPass: true,
    });
  });

  test('#68 the model’s own name goes in, a choice among no tools goes out', () => {
    const { text } = passed({ tools: [], tool_choice: 'required', store: false }, {}, 'gpt-5-2025-08-07');
    expect(JSON.parse(text)).toEqual({ model: 'gpt-5-2025-08-07', input: 'hi', store: false });
  });

  test('what a provider does not take is left out and named', () => {
    expect(passed({ metadata: { a: 'b' } }, { drops: ['metadata'] })).toMatchObject({
      text: '{"model":"gpt-5","input":"hi"}',
      dropped: ['metadata'],
    });
  });

  test('#77 OpenAI’s signatures pass, other vendors’ signatures and our own fields do not', () => {
    const signed = (item: JsonObject) => passed({ input: [{ role: 'user', content: 'q' }, item] }).mayPass;
    expect(signed({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' })).toBe(true);
    expect(signed({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sluice:anthropic:Em' })).toBe(
      false,
    );
    expect(signed({ type: 'reasoning', id: 'rs_sluice_q1_0', summary: [{ type: 'summary_text', text: 't' }] })).toBe(
      false,
    );
    expect(
      signed({
        type: 'function_call',
        call_id: 'c',
        name: 'f',
        arguments: '{}',
        signature: { issuer: 'gemini', value: 'x' },
      }),
    ).toBe(false);
  });

  test('#49 #80 a provider’s traits that change the conversation close it', () => {
    expect(passed({ input: [{ role: 'developer', content: 'd' }] }, { developerAsSystem: true }).mayPass).toBe(false);
    const thinkingPart = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
    expect(passed({ input: [thinkingPart] }, { thinkingHistory: 'strip' }).mayPass).toBe(false);
  });
});
