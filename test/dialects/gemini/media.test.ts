import { describe, expect, test } from 'vitest';
import type { AssistantPart, Message } from '../../../shared/chat/request.ts';
import { calls, JPEG, PNG, refusalOf, results, user, write } from './wire.ts';

const contents = (messages: Message[], to?: string) => write({ messages, ...(to ? { to } : {}) }).body.contents;
const assistant = (...parts: AssistantPart[]): Message => ({ role: 'assistant', parts });

describe('media', () => {
  const image = (source: object, at?: string): Message => ({
    role: 'user',
    parts: [{ type: 'image', source: source as never, ...(at ? { at } : {}) }],
  });
  const part = (message: Message) => contents([message])[0]?.parts[0];

  test('#61 #63 images go inline with the type their bytes have, whatever is written beside them', () => {
    const inlineData = { mimeType: 'image/png', data: PNG };
    expect(part(image({ type: 'data', mediaType: 'image/jpg', data: PNG }))).toEqual({ inlineData });
    expect(part(image({ type: 'data', mediaType: 'application/octet-stream', data: PNG }))).toEqual({ inlineData });
    const wrapped = `${PNG.slice(0, 20)}\n${PNG.slice(20)}`;
    expect(part(image({ type: 'url', url: `data:image/jpeg;name=x;base64,${wrapped}` }))).toEqual({ inlineData });
    expect(part(image({ type: 'data', mediaType: 'image/png', data: JPEG }))).toMatchObject({
      inlineData: { mimeType: 'image/jpeg' },
    });
  });

  test('#61 an image of a kind Gemini does not read is refused by its place', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64');
    const refusal = refusalOf(() =>
      part(image({ type: 'data', mediaType: 'image/png', data: svg }, 'messages[3].content[1]')),
    );
    expect(refusal).toMatchObject({ status: 400, param: 'messages[3].content[1]' });
  });

  test('#62 files that Google keeps go by their address; any other address, and another vendor’s id, is refused', () => {
    expect(part(image({ type: 'url', url: 'gs://bucket/cat.png' }))).toEqual({
      fileData: { fileUri: 'gs://bucket/cat.png', mimeType: 'image/png' },
    });
    const kept = 'https://generativelanguage.googleapis.com/v1beta/files/abc-1';
    expect(part(image({ type: 'url', url: kept }))).toEqual({ fileData: { fileUri: kept } });
    expect(part(image({ type: 'id', id: 'files/abc-1' }))).toEqual({ fileData: { fileUri: kept } });
    expect(refusalOf(() => part(image({ type: 'url', url: 'https://example.com/cat.png' })))).toMatchObject({
      status: 400,
    });
    expect(refusalOf(() => part(image({ type: 'id', id: 'file-openai' }, 'messages[0].content[0]'))).param).toBe(
      'messages[0].content[0]',
    );
  });

  test('#64 an image in a result stands within it for newer models, and after all results of the turn for older ones', () => {
    const shown: Message = {
      role: 'tool',
      results: [
        {
          callId: 'a',
          parts: [
            { type: 'text', text: 'seen' },
            { type: 'image', source: { type: 'data', mediaType: 'image/png', data: PNG } },
          ],
        },
      ],
    };
    const messages = [user('Hi'), calls('a', 'b'), shown, results('b')];
    const inlineData = { mimeType: 'image/png', data: PNG };
    expect(contents(messages)[2]?.parts).toEqual([
      { functionResponse: { name: 'tool_a', response: { output: 'seen' }, parts: [{ inlineData }] } },
      { functionResponse: { name: 'tool_b', response: { output: 'result of b' } } },
    ]);
    expect(contents(messages, 'gemini-2.5-pro')[2]?.parts).toEqual([
      { functionResponse: { name: 'tool_a', response: { output: 'seen\n[image returned, see below]' } } },
      { functionResponse: { name: 'tool_b', response: { output: 'result of b' } } },
      { inlineData },
    ]);
  });

  test('#65 an image among the model’s own parts is mentioned, not sent', () => {
    const written = contents([
      user('Hi'),
      assistant({ type: 'image', source: { type: 'data', mediaType: 'image/png', data: PNG } }),
      user('Go'),
    ]);
    expect(written[1]?.parts).toEqual([{ text: '[image omitted]' }]);
  });

  test('#66 documents and sound go inline too', () => {
    const pdf = Buffer.from('%PDF-1.7').toString('base64');
    const file = (mediaType: string, data: string, name: string): Message => ({
      role: 'user',
      parts: [{ type: 'file', source: { type: 'data', mediaType, data }, name }],
    });
    expect(part(file('application/octet-stream', pdf, 'a.bin'))).toEqual({
      inlineData: { mimeType: 'application/pdf', data: pdf },
    });
    expect(part(file('application/octet-stream', 'YSxi', 'a.csv'))).toEqual({
      inlineData: { mimeType: 'text/csv', data: 'YSxi' },
    });
    const sound: Message = {
      role: 'user',
      parts: [{ type: 'audio', source: { type: 'data', mediaType: 'audio/wav', data: 'UklG' } }],
    };
    expect(part(sound)).toEqual({ inlineData: { mimeType: 'audio/wav', data: 'UklG' } });
  });

  test('a part that only another dialect knows is refused by its place', () => {
    const odd: Message = {
      role: 'user',
      parts: [
        { type: 'text', text: 'a' },
        { type: 'native', native: { dialect: 'x', fields: { type: 'hologram' } } },
      ],
    };
    const refusal = refusalOf(() => contents([user('Hi'), odd]));
    expect(refusal).toMatchObject({
      status: 400,
      param: 'messages[1].content[1]',
      message: expect.stringContaining('hologram'),
    });
  });
});
