import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImagePart, Message } from '../../shared/chat/request.ts';
import { imagesOf, withWords } from '../../shared/transforms/put-into-words.ts';
import type { Words } from '../../shared/transforms/words.ts';

const image = (data: string): ImagePart => ({ type: 'image', source: { type: 'data', mediaType: 'image/png', data } });
const idOf = ({ source }: ImagePart): string => (source.type === 'data' ? source.data : '');

const conversation: Message[] = [
  { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
  { role: 'user', parts: [image('one'), { type: 'text', text: 'What?' }, { ...image('two'), cache: {} }] },
  {
    role: 'assistant',
    parts: [image('three'), { type: 'tool-call', id: 'c', name: 'look', arguments: '{}' }],
  },
  { role: 'tool', results: [{ callId: 'c', isError: true, parts: [{ type: 'text', text: 'Here' }, image('four')] }] },
];

const words = (part: ImagePart): Words => ({ type: 'described', text: `words for ${idOf(part)}`, isCut: false });

test('images are found wherever they stand, in order', () => {
  expect(imagesOf(conversation).map(idOf)).toEqual(['one', 'two', 'three', 'four']);
});

test('words take their places, numbered as they appear; all else stays, cache marks too', () => {
  const replaced = withWords(conversation, words);
  expect(imagesOf(replaced)).toEqual([]);
  expect(replaced[0]).toEqual(conversation[0]);
  const [, user, assistant, results] = replaced;
  expect(user).toMatchObject({
    parts: [
      {
        type: 'text',
        text: expect.stringMatching(/^\[Image 1, .*\n<image-description-[0-9a-f]{16} number="1">\nwords for one\n/s),
      },
      { type: 'text', text: 'What?' },
      { type: 'text', text: expect.stringContaining('words for two'), cache: {} },
    ],
  });
  expect(assistant).toMatchObject({ parts: [{ text: expect.stringContaining('[Image 3') }, { type: 'tool-call' }] });
  expect(results).toMatchObject({
    results: [{ callId: 'c', isError: true, parts: [{ text: 'Here' }, { type: 'text' }] }],
  });
});

test('a longer conversation begins with the same words: a prompt cache holds', () => {
  const longer: Message[] = [...conversation, { role: 'user', parts: [image('five')] }];
  expect(withWords(longer, words).slice(0, conversation.length)).toEqual(withWords(conversation, words));
});

test('a description that was cut off says so, and no description says that too', () => {
  const textOf = (of: Words): string => JSON.stringify(withWords([{ role: 'user', parts: [image('x')] }], () => of));
  expect(textOf({ type: 'described', text: 'half of', isCut: true })).toContain('[The description was cut off here.]');
  expect(textOf({ type: 'unreadable' })).toContain('could not be read');
});

test('no text on an image closes its place', () => {
  const piece = fc.constantFrom(
    '<',
    '/',
    ' ',
    '\n',
    'image-description',
    'IMAGE-Description',
    ' number="1"',
    '>',
    'a',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const described: Words = { type: 'described', text: pieces.join(''), isCut: false };
      const [replaced] = withWords([{ role: 'user', parts: [image('x')] }], () => described);
      const text = replaced?.role === 'user' && replaced.parts[0]?.type === 'text' ? replaced.parts[0].text : '';
      expect(text.match(/<[\s/]*image-description/gi)).toHaveLength(2);
      expect(text).toMatch(/\n<\/image-description-[0-9a-f]{16}>$/);
      expect(text.isWellFormed()).toBe(true);
    }),
    { numRuns: 200 },
  );
});
