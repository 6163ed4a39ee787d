import { describe, expect, test } from 'vitest';
import type { UserPart } from '../../../shared/chat/request.ts';
import { bedrock } from '../../../shared/dialects/bedrock/provider/dialect.ts';
import { type Body, calls, JPEG, PDF, PNG, refusal, says, shows, write } from './write.ts';

describe('images and documents in a request for Converse', () => {
  test('#61 images are what their bytes say, whatever was written beside them', () => {
    const { body } = write({
      messages: [
        shows(
          { type: 'text', text: 'See' },
          { type: 'image', source: { type: 'data', mediaType: 'image/jpg', data: PNG } },
          { type: 'image', source: { type: 'data', mediaType: 'image/png', data: JPEG.replace(/(.{20})/g, '$1\n') } },
        ),
      ],
    });
    expect(body.messages[0].content).toEqual([
      { text: 'See' },
      { image: { format: 'png', source: { bytes: PNG } } },
      { image: { format: 'jpeg', source: { bytes: JPEG } } },
    ]);
  });

  test('#61 #62 an image of a kind Bedrock cannot see, and one by address, are refused by their place', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64');
    const image = (source: Extract<UserPart, { type: 'image' }>['source']) =>
      refusal(() => write({ messages: [says('Hi'), shows({ type: 'text', text: 'See' }, { type: 'image', source })] }));
    expect(image({ type: 'data', mediaType: 'image/png', data: svg })).toMatchObject({
      kind: 'invalid_request',
      param: 'messages[1].content[1]',
    });
    expect(image({ type: 'url', url: 'https://example.com/a.png' }).param).toBe('messages[1].content[1]');
    expect(image({ type: 'id', id: 'file-1' }).param).toBe('messages[1].content[1]');
    expect(bedrock.takesUrls?.test('https://x.example/a.png')).toBe(false);
  });

  test('#64 an image in a result stays in the result', () => {
    const image = { type: 'image', source: { type: 'data', mediaType: 'image/png', data: PNG } } as const;
    const { body } = write({
      messages: [
        says('Hi'),
        calls(['a', 'shot']),
        { role: 'tool', results: [{ callId: 'a', parts: [{ type: 'text', text: 'done' }, image] }] },
      ],
    });
    expect(body.messages[2].content[0].toolResult.content).toEqual([
      { text: 'done' },
      { image: { format: 'png', source: { bytes: PNG } } },
    ]);
  });

  test('#65 an image in an answer of the model is mentioned in words', () => {
    const image = { type: 'image', source: { type: 'data', mediaType: 'image/png', data: PNG } } as const;
    const { body } = write({ messages: [says('Draw'), { role: 'assistant', parts: [image] }, says('Nice')] });
    expect(body.messages[1].content).toEqual([{ text: '[image omitted]' }]);
  });

  test('#66 documents have legal names, no name twice, and words beside them', () => {
    const file = (name?: string): UserPart => ({
      type: 'file',
      source: { type: 'data', mediaType: 'application/pdf', data: PDF },
      ...(name ? { name } : {}),
    });
    const { body } = write({
      messages: [
        shows(file('Q3  report_v1.2 (final).pdf'), file('Q3 report v1.2 (final).pdf'), file(), file('报告.pdf')),
      ],
    });
    const { content } = body.messages[0];
    const names = content.flatMap((block: Body) => (block.document ? [block.document.name] : []));
    expect(names).toEqual(['Q3 report v1 2 (final)', 'Q3 report v1 2 (final) (2)', 'document', 'document (2)']);
    expect(content.at(-1)).toEqual({ text: 'See the document.' });
    expect(content[0].document).toMatchObject({ format: 'pdf', source: { bytes: PDF } });
  });

  test('a document is known by its type or by the end of its name, and refused by its place where neither helps', () => {
    const data = Buffer.from('# Title').toString('base64');
    const shown = (name: string) =>
      write({
        messages: [
          shows(
            { type: 'text', text: 'x' },
            { type: 'file', source: { type: 'data', mediaType: 'application/octet-stream', data }, name },
          ),
        ],
      });
    expect(shown('notes.md').body.messages[0].content[1].document.format).toBe('md');
    expect(refusal(() => shown('notes.zip')).param).toBe('messages[0].content[1]');
  });

  test('sound and parts that only another dialect knows are refused by their place', () => {
    const sound = shows({ type: 'audio', source: { type: 'data', mediaType: 'audio/wav', data: 'AAAA' } });
    expect(refusal(() => write({ messages: [sound] })).param).toBe('messages[0].content[0]');
    const foreign = shows({ type: 'native', native: { dialect: 'openai-chat', fields: { type: 'video_url' } } });
    expect(refusal(() => write({ messages: [foreign] })).message).toContain("'video_url'");
  });
});
