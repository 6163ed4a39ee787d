import { describe, expect, test } from 'vitest';
import type { ChatReply, Choice } from '../../shared/chat/reply.ts';
import { judge } from '../../shared/vision/judge.ts';

const reply = (text: string, rest: Partial<Choice> = {}): ChatReply => ({
  id: '',
  model: '',
  choices: [{ parts: [{ type: 'text', text }], finish: 'stop', ...rest }],
});

describe("a describer's answer", () => {
  test.each([
    'I’m sorry, but I can’t assist with that.',
    "Sorry, I can't help with identifying people.",
    'I cannot describe this image.',
    'I am unable to view images.',
    "I don't see any image attached.",
    'Unfortunately, I am not able to process images.',
    '抱歉，我无法查看该图片。',
    '我不能描述这张图片。',
  ])('that refuses in words is refused: %s', (text) => {
    expect(judge(reply(text))).toEqual({ type: 'refused' });
  });

  test.each([
    'Sorry we are closed — a hand-written sign on a glass door.',
    'A letter that begins: "I cannot tell you how much …".',
    `I cannot read the small print, but the rest says: ${'words '.repeat(60)}`,
    '一张截图，上面写着“抱歉，无法打开此网页”。',
  ])('that only speaks of refusals is a description: %s', (text) => {
    expect(judge(reply(text)).type).toBe('good');
  });

  test('may be refused by the vendor, be empty, too short, or cut off', () => {
    const part = { type: 'refusal' as const, text: 'no' };
    expect(judge(reply('', { parts: [part] })).type).toBe('refused');
    expect(judge(reply('A long enough description.', { finish: 'refused' })).type).toBe('refused');
    expect(judge(reply(' \n ')).type).toBe('empty');
    expect(judge({ id: '', model: '', choices: [] }).type).toBe('empty');
    expect(judge(reply('', { parts: [{ type: 'thinking', text: 'long thinking about it' }] })).type).toBe('empty');
    expect(judge(reply('A dog.'))).toEqual({ type: 'short', text: 'A dog.', isCut: false });
    expect(judge(reply('A dog that stands on a', { finish: 'length' }))).toMatchObject({ type: 'good', isCut: true });
  });
});
