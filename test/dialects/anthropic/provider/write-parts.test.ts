import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../../shared/chat/request.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { hi, OLD, send, tool } from '../sending.ts';

describe('parts of messages', () => {
  const call = (id: string, name = 'f', text = '{}') => ({ type: 'tool-call' as const, id, name, arguments: text });

  test('#61 #64 pictures go in their true type, in results too; types the vendor does not take are refused by name', () => {
    const jpeg = `/9j/4AAQ${'A'.repeat(60)}`;
    const image = (mediaType: string, data: string) => ({
      type: 'image' as const,
      at: 'messages[0].content[0]',
      source: { type: 'data' as const, mediaType, data },
    });
    const { sent } = send({
      messages: [
        {
          role: 'user',
          parts: [
            image('image/png', jpeg),
            { type: 'image', source: { type: 'url', url: `data:image/jpg;name=x;base64,${jpeg}` } },
          ],
        },
        { role: 'assistant', parts: [call('c')] },
        {
          role: 'tool',
          results: [{ callId: 'c', isError: true, parts: [{ type: 'text', text: 't' }, image('image/jpg', jpeg)] }],
        },
      ],
      tools: [tool],
    });
    const source = { type: 'base64', media_type: 'image/jpeg', data: jpeg };
    expect(sent.messages[0]!.content).toEqual([
      { type: 'image', source },
      { type: 'image', source },
    ]);
    expect(sent.messages[2]!.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'c',
        is_error: true,
        content: [
          { type: 'text', text: 't' },
          { type: 'image', source },
        ],
      },
    ]);
    const svg = Buffer.from('<svg xmlns="x"/>').toString('base64');
    expect(() => send({ messages: [{ role: 'user', parts: [image('image/png', svg)] }] })).toThrow(
      expect.objectContaining({
        kind: 'invalid_request',
        param: 'messages[0].content[0]',
        message: expect.stringContaining('svg'),
      }),
    );
  });

  test('#65 pictures in the assistant’s words are left out', () => {
    const { sent } = send({
      messages: [
        ...hi,
        { role: 'assistant', parts: [{ type: 'image', source: { type: 'url', url: 'https://a.example/x.png' } }] },
        ...hi,
      ],
    });
    expect(sent.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  test('#66 a PDF is a document; sound and parts of other vendors are refused by their place', () => {
    const pdf = Buffer.from('%PDF-1.7').toString('base64');
    const { sent } = send({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'file', name: 'a.pdf', source: { type: 'data', mediaType: 'application/octet-stream', data: pdf } },
          ],
        },
      ],
    });
    expect(sent.messages[0]!.content).toEqual([
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf }, title: 'a.pdf' },
    ]);
    const audio = {
      type: 'audio' as const,
      at: 'messages[0].content[0]',
      source: { type: 'data' as const, mediaType: 'audio/wav', data: '' },
    };
    expect(() => send({ messages: [{ role: 'user', parts: [audio] }] })).toThrow(
      expect.objectContaining({ param: 'messages[0].content[0]' }),
    );
    const odd = { type: 'native' as const, native: { dialect: 'openai-chat', fields: { type: 'video_url' } } };
    expect(() => send({ messages: [...hi, { role: 'user', parts: [{ type: 'text', text: 'x' }, odd] }] })).toThrow(
      expect.objectContaining({ param: 'messages[1].content[1]', message: expect.stringContaining('video_url') }),
    );
  });

  test('#77 #82 thinking goes back with a signature of the vendor only', () => {
    const messages: ChatRequest['messages'] = [
      ...hi,
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'mine', signature: { issuer: 'anthropic', value: 'SIG' } },
          { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'HIDDEN' } },
          { type: 'thinking', text: 'theirs', signature: { issuer: 'gemini', value: 'GEM' } },
          { type: 'thinking', text: 'unsigned' },
          { type: 'text', text: 'a', signature: { issuer: 'gemini', value: 'GEM' } },
        ],
      },
      ...hi,
    ];
    expect(send({ messages }).sent.messages[1]!.content).toEqual([
      { type: 'thinking', thinking: 'mine', signature: 'SIG' },
      { type: 'redacted_thinking', data: 'HIDDEN' },
      { type: 'text', text: 'a' },
    ]);
    expect(send({ messages }, 'kimi-k3', { thinkingHistory: 'keep' }).raw).not.toContain('GEM');
    expect(send({ messages }, 'kimi-k3', { thinkingHistory: 'keep' }).sent.messages[1]!.content).toContainEqual({
      type: 'thinking',
      thinking: 'unsigned',
      signature: '',
    });
    expect(send({ messages }, OLD, { thinkingHistory: 'strip' }).sent.messages[1]!.content).toEqual([
      { type: 'text', text: 'a' },
    ]);
  });

  test('no more than four marks go out: the first and the last', () => {
    const marked = (text: string) => ({ type: 'text' as const, text, cache: {} });
    const { sent } = send({
      messages: [
        { role: 'system', parts: [marked('s')] },
        { role: 'user', parts: ['a', 'b', 'c', 'd', 'e'].map(marked) },
      ],
    });
    expect(JSON.stringify(sent).match(/cache_control/g)).toHaveLength(4);
    expect((sent.messages[0]!.content as JsonObject[]).map((part) => 'cache_control' in part)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
