import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/chat/request.ts';
import { call, inputOf, ownSignature, result, written } from './asking.ts';

describe('the history', () => {
  test('#77 thinking comes back to its issuer with its signature and id, before what it led to', () => {
    const parts = [
      { type: 'thinking', text: 't', signature: ownSignature } as const,
      { type: 'text', text: 'a' } as const,
      call,
    ];
    expect(inputOf([{ role: 'assistant', parts }, result()])).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'gAAA' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a', annotations: [] }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
    ]);
  });

  test('#77 signed thinking whose id was lost goes without one, since a wrong one is refused', () => {
    const thinkingPart = { type: 'thinking', text: '', signature: { issuer: 'openai', value: 'gAAA' } } as const;
    expect(inputOf([{ role: 'assistant', parts: [thinkingPart, call] }, result()])).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
      {},
      {},
    ]);
    expect(JSON.stringify(inputOf([{ role: 'assistant', parts: [thinkingPart, call] }, result()]))).not.toContain(
      '"id"',
    );
  });

  test.each([
    ['another vendor’s signature', { type: 'thinking', text: 't', signature: { issuer: 'anthropic', value: 'Em' } }],
    ['no signature', { type: 'thinking', text: 't' }],
  ] as const)('#82 thinking with %s is not sent', (_, thinkingPart) => {
    expect(inputOf([{ role: 'assistant', parts: [thinkingPart, { type: 'text', text: 'a' }] }])).toMatchObject([
      { type: 'message', role: 'assistant' },
    ]);
  });

  test('thinking that led to nothing is left out: OpenAI refuses it without what follows', () => {
    const parts = [
      { type: 'text', text: 'a' } as const,
      { type: 'thinking', text: '', signature: ownSignature } as const,
    ];
    expect(inputOf([{ role: 'assistant', parts }])).toMatchObject([{ type: 'message' }]);
    expect(
      inputOf([{ role: 'assistant', parts: [parts[1]!, call] }, result()], { thinkingHistory: 'strip' }),
    ).toMatchObject([{ type: 'function_call' }, { type: 'function_call_output' }]);
  });

  test('#48 #49 instructions stay where they stand, developer’s as system’s where asked', () => {
    const messages: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 's' }] },
      { role: 'user', parts: [{ type: 'text', text: 'u' }] },
      { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'd' }] },
    ];
    expect(inputOf(messages)).toMatchObject([{ role: 'system' }, { role: 'user' }, { role: 'developer' }]);
    expect(inputOf(messages, { developerAsSystem: true })).toMatchObject([{}, {}, { role: 'system' }]);
  });

  test('#50 empty words and empty messages are left out, an empty result stays', () => {
    const messages: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: '' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '' }, call] },
      result([]),
      { role: 'assistant', parts: [] },
    ];
    expect(inputOf(messages)).toEqual([
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: '' },
    ]);
  });

  test('#52 a call without a result is answered, a result without a call is the user’s words', () => {
    expect(inputOf([{ role: 'assistant', parts: [call] }])).toMatchObject([
      { type: 'function_call', call_id: 'c1' },
      { type: 'function_call_output', call_id: 'c1', output: expect.stringContaining('interrupted') },
    ]);
    expect(inputOf([result()])).toMatchObject([{ type: 'message', role: 'user' }]);
  });

  test('#56 a failed tool’s result says so', () => {
    const failed: Message = {
      role: 'tool',
      results: [{ callId: 'c1', parts: [{ type: 'text', text: 'no file' }], isError: true }],
    };
    expect(inputOf([{ role: 'assistant', parts: [call] }, failed])).toMatchObject([{}, { output: 'Error: no file' }]);
  });

  test('#57 lone surrogates are made whole', () => {
    const messages: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: 'a\ud83d' }] },
      { role: 'assistant', parts: [{ ...call, arguments: '{"a":"\udc00"}' }] },
      result([{ type: 'text', text: '\ud83d' }]),
    ];
    expect(JSON.stringify(inputOf(messages))).not.toMatch(/\\ud[89a-f]/i);
  });

  test('#20 #60 arguments pass as they came: big integers, odd keys, broken JSON', () => {
    const text = '{"n":1917043659912705296,"__proto__":{"1":-0},"cut":"';
    expect(inputOf([{ role: 'assistant', parts: [{ ...call, arguments: text }] }, result()])).toMatchObject([
      { arguments: text },
      {},
    ]);
    expect(inputOf([{ role: 'assistant', parts: [{ ...call, arguments: '' }] }, result()])).toMatchObject([
      { arguments: '{}' },
      {},
    ]);
  });

  test('#64 #66 pictures and files in results go as they are, in the result', () => {
    const parts = [
      { type: 'text', text: 'see' },
      { type: 'image', source: { type: 'data', mediaType: 'image/jpg', data: 'iVBORw0KGgo=' } },
      { type: 'file', source: { type: 'data', mediaType: 'application/pdf', data: 'JVBERi0=' } },
    ] as const;
    expect(
      inputOf([
        { role: 'assistant', parts: [call] },
        { role: 'tool', results: [{ callId: 'c1', parts: [...parts] }] },
      ]),
    ).toMatchObject([
      {},
      {
        output: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        ],
      },
    ]);
  });

  test('audio and foreign parts are refused by their place', () => {
    const audio = {
      type: 'audio',
      source: { type: 'data', mediaType: 'audio/mp3', data: 'AA' },
      at: 'messages[3].content[1]',
    } as const;
    expect(() => inputOf([{ role: 'user', parts: [audio] }])).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'messages[3].content[1]' }),
    );
    const foreign = { type: 'native', native: { dialect: 'anthropic', fields: { type: 'search_result' } } } as const;
    expect(() => inputOf([{ role: 'user', parts: [foreign] }])).toThrow("'search_result'");
  });

  test('#65 a picture that the model drew is not sent back as its own words', () => {
    const drawn = { type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' } } as const;
    expect(inputOf([{ role: 'assistant', parts: [{ type: 'text', text: 'a' }, drawn] }])).toHaveLength(1);
  });

  test('#76 ids that are odd, too long or used again are made fit, for call and result alike', () => {
    const long = `functions.Bash:0${'x'.repeat(80)}`;
    const turn: Message[] = [
      { role: 'assistant', parts: [{ ...call, id: long }] },
      { role: 'tool', results: [{ callId: long, parts: [{ type: 'text', text: 'r' }] }] },
    ];
    const input = inputOf([...turn, ...turn]) as { call_id: string }[];
    const ids = input.map(({ call_id: id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect([ids[0], ids[2]]).toEqual([ids[1], ids[3]]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  test('#71 names that are not legal here are changed everywhere, and the memo turns them back', () => {
    const name = 'mcp.server:tool with a name that is far longer than sixty-four characters/read';
    const { body, memo } = written({
      tools: [{ kind: 'function', name }],
      messages: [{ role: 'assistant', parts: [{ ...call, name }] }, result()],
    });
    const sent = JSON.parse(Buffer.from(body).toString());
    expect(sent.tools[0].name).toBe(sent.input[0].name);
    expect(sent.tools[0].name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(memo?.toolNames?.get(sent.tools[0].name)).toBe(name);
  });
});
