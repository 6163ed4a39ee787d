import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

const readRequest = (fields: JsonObject): ChatRequest => client.readRequest({ model: 'm', input: 'hi', ...fields });

function refusalOf(fields: JsonObject, ask: (body: JsonObject) => unknown = client.glance): GatewayError {
  try {
    ask({ model: 'm', input: 'hi', ...fields });
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

describe('input', () => {
  test('text is what the user says, instructions come first', () => {
    expect(readRequest({ instructions: 'Be brief.' }).messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
    ]);
  });

  test('#48 #49 messages of every role are read where they stand, with and without a type', () => {
    const input = [
      { role: 'developer', content: 'd' },
      { role: 'user', content: [{ type: 'input_text', text: 'a' }] },
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        content: [{ type: 'output_text', text: 'b', annotations: [] }],
      },
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 's' }] },
      { role: 'user', content: 'c' },
    ];
    expect(readRequest({ input }).messages).toEqual([
      { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'd' }] },
      { role: 'user', parts: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'b' }] },
      { role: 'system', parts: [{ type: 'text', text: 's' }] },
      { role: 'user', parts: [{ type: 'text', text: 'c' }] },
    ]);
    expect(client.glance({ model: 'm', input })).toMatchObject({ hasDeveloper: true });
  });

  test('#77 the items of one turn are one message: signed thinking, text, calls; so are the results after it', () => {
    const input = [
      { role: 'user', content: 'q' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'gAAA' },
      { role: 'assistant', content: 'let me see' },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"n":1917043659912705296}' },
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'patch', input: 'free text' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
    ];
    expect(readRequest({ input }).messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 't', signature: { issuer: 'openai', value: 'gAAA', id: 'rs_1' } },
          { type: 'text', text: 'let me see' },
          { type: 'tool-call', id: 'c1', name: 'f', arguments: '{"n":1917043659912705296}' },
          { type: 'tool-call', kind: 'custom', id: 'c2', name: 'patch', arguments: 'free text' },
        ],
      },
      {
        role: 'tool',
        results: [
          { callId: 'c1', parts: [{ type: 'text', text: 'one' }] },
          { callId: 'c2', parts: [{ type: 'text', text: 'two' }] },
        ],
      },
    ]);
  });

  test('#61 #64 #66 pictures and files are read with their place, in messages and in results', () => {
    const input = [
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/jpg;base64,iVBORw0KGgo=', detail: 'low' },
          { type: 'input_image', file_id: 'file-1' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          { type: 'input_file', file_url: 'https://x.example/a.pdf' },
        ],
      },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [{ type: 'input_image', image_url: 'https://x.example/a.png' }],
      },
    ];
    expect(client.glance({ model: 'm', input: input.slice(1) }).hasImages).toBe(true);
    expect(readRequest({ input }).messages).toEqual([
      {
        role: 'user',
        parts: [
          {
            type: 'image',
            source: { type: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
            detail: 'low',
            at: 'input[0].content[0]',
          },
          { type: 'image', source: { type: 'id', id: 'file-1' }, at: 'input[0].content[1]' },
          {
            type: 'file',
            source: { type: 'data', mediaType: 'application/pdf', data: 'JVBERi0=' },
            name: 'a.pdf',
            at: 'input[0].content[2]',
          },
          { type: 'file', source: { type: 'url', url: 'https://x.example/a.pdf' }, at: 'input[0].content[3]' },
        ],
      },
      {
        role: 'tool',
        results: [
          {
            callId: 'c',
            parts: [
              { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' }, at: 'input[1].output[0]' },
            ],
          },
        ],
      },
    ]);
    expect(
      refusalOf({ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, client.readRequest),
    ).toMatchObject({
      param: 'input[0].content[0].image_url',
    });
  });

  test('thinking without a signature keeps its text; an item that is only an id in OpenAI’s store is left out', () => {
    const input = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'reasoning', id: 'rs_2', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
    ];
    expect(readRequest({ input }).messages).toEqual([{ role: 'assistant', parts: [{ type: 'thinking', text: 'hm' }] }]);
  });

  test('#78 another vendor’s signature is distinguished from OpenAI’s, on hidden thinking too', () => {
    const input = [
      { type: 'reasoning', id: 'rs_sluice_1', summary: [], encrypted_content: 'sluice:anthropic+redacted:EmwK:AhgB' },
      {
        type: 'function_call',
        call_id: 'c',
        name: 'f',
        arguments: '{}',
        signature: { issuer: 'gemini', value: 'Cg==' },
      },
    ];
    expect(
      readRequest({ input }).messages[0]?.role === 'assistant' && readRequest({ input }).messages[0],
    ).toMatchObject({
      parts: [
        { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'EmwK:AhgB' } },
        { type: 'tool-call', signature: { issuer: 'gemini', value: 'Cg==' } },
      ],
    });
    expect(client.glance({ model: 'm', input })).toMatchObject({ hasThinking: true, hasForeignSignatures: true });
  });
});

describe('parameters', () => {
  test('all that the hub has a word for is read, the rest rides along', () => {
    expect(
      readRequest({
        max_output_tokens: 50,
        temperature: 0.5,
        top_p: 0.9,
        top_logprobs: 2,
        reasoning: { effort: 'high', summary: 'auto' },
        text: {
          format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true },
          verbosity: 'low',
        },
        include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
        tools: [
          { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
          { type: 'custom', name: 'p', format: { type: 'text' } },
        ],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
        parallel_tool_calls: false,
        safety_identifier: 'u1',
        service_tier: 'flex',
        store: false,
        metadata: { a: 'b' },
        background: false,
        previous_response_id: null,
        stream: true,
        stream_options: { include_obfuscation: false },
      }),
    ).toEqual({
      model: 'm',
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
      stream: true,
      streamUsage: true,
      maxTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      logprobs: { top: 2 },
      reasoning: { effort: 'high', native: { dialect: 'openai-responses', fields: { summary: 'auto' } } },
      format: { type: 'json-schema', name: 's', schema: { type: 'object' }, strict: true },
      tools: [
        { kind: 'function', name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
        {
          kind: 'custom',
          name: 'p',
          native: { dialect: 'openai-responses', fields: { format: { type: 'text' } } },
        },
      ],
      toolChoice: { type: 'allowed', mode: 'required', names: ['f'] },
      parallelToolCalls: false,
      endUser: 'u1',
      serviceTier: 'flex',
      native: {
        dialect: 'openai-responses',
        fields: {
          store: false,
          metadata: { a: 'b' },
          text: { verbosity: 'low' },
          include: ['reasoning.encrypted_content'],
        },
      },
    });
  });

  test('#68 a choice among no tools is none', () => {
    expect(readRequest({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })).not.toHaveProperty('toolChoice');
    expect(readRequest({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })).not.toHaveProperty(
      'parallelToolCalls',
    );
  });

  test('a hosted tool is kept for its own dialect, with what it is elsewhere', () => {
    const tools = [
      { type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', city: 'Bern' } },
    ];
    const hosted = { type: 'web-search', contextSize: 'low', location: { city: 'Bern' } };
    expect(readRequest({ tools }).tools).toEqual([
      { kind: 'native', name: 'web_search', native: { dialect: 'openai-responses', fields: tools[0] }, hosted },
    ]);
    expect(readRequest({ tools, tool_choice: { type: 'web_search' } }).toolChoice).toEqual({
      type: 'tool',
      name: 'web_search',
      kind: 'native',
    });
  });
});

describe('what is refused', () => {
  test.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id', 'previous_response_not_found'],
    [{ conversation: 'conv_1' }, 'conversation', 'unsupported_parameter'],
    [{ conversation: { id: 'conv_1' } }, 'conversation', 'unsupported_parameter'],
    [{ background: true }, 'background', 'unsupported_parameter'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt', 'unsupported_parameter'],
  ])('#93 stored state is never ignored: %j', (fields, param, code) => {
    const error = client.glance({ model: 'm', input: 'hi', ...fields }).onlyPasses!;
    expect(error).toMatchObject({ kind: 'invalid_request', param, code });
    expect(client.errorStatus(error)).toBe(400);
    expect(client.writeError(error, 'req_1')).toMatchObject({ error: { type: 'invalid_request_error', param, code } });
  });

  test.each([
    [{ model: 7 }, 'model', 'invalid_type'],
    [{ input: undefined }, 'input', 'missing_required_parameter'],
    [{ input: [{ role: 'user' }] }, 'input[0].content', 'invalid_type'],
    [{ input: [{ role: 'robot', content: '' }] }, 'input[0].role', 'invalid_value'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_text', text: 5 }] }] },
      'input[0].content[0].text',
      'invalid_type',
    ],
    [
      { input: [{ type: 'function_call', call_id: 'c', name: 'f' }] },
      'input[0].arguments',
      'missing_required_parameter',
    ],
    [{ input: [{ type: 'function_call_output', call_id: 'c', output: 7 }] }, 'input[0].output', 'invalid_type'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name', 'missing_required_parameter'],
    [{ temperature: 3 }, 'temperature', 'invalid_value'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format.name', 'missing_required_parameter'],
  ])('a wrong field is named by its path: %j', (fields, param, code) => {
    expect(refusalOf(fields)).toMatchObject({ kind: 'invalid_request', param, code });
  });

  test('an unknown model is a 400 on this path', () => {
    const error = new GatewayError('model_not_found', "The requested model 'x' does not exist.", { param: 'model' });
    expect(client.errorStatus(error)).toBe(400);
    expect(client.writeError(error, 'r')).toMatchObject({ error: { code: 'model_not_found', param: 'model' } });
  });
});
