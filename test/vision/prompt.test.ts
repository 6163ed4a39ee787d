import { expect, test } from 'vitest';
import type { ImagePart, Message } from '../../shared/chat/request.ts';
import { describingRequest, lastQuestion } from '../../shared/vision/prompt.ts';

const image = (data: string): ImagePart => ({ type: 'image', source: { type: 'data', mediaType: 'image/png', data } });

const conversation: Message[] = [
  { role: 'user', parts: [image('one'), { type: 'text', text: 'What?' }, image('two')] },
  { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'look', arguments: '{}' }] },
  { role: 'tool', results: [{ callId: 'c', parts: [{ type: 'text', text: 'Here' }] }] },
];

test('the question is the last thing the user said in words, and no longer than it must be', () => {
  expect(lastQuestion(conversation)).toBe('What?');
  expect(lastQuestion([])).toBe('');
  expect(lastQuestion([{ role: 'user', parts: [{ type: 'text', text: '😀'.repeat(5000) }] }]).length).toBe(2000);
});

test('the describer is asked for everything, and for the question only where there is one', () => {
  const ask = (question: string): string => JSON.stringify(describingRequest(image('x'), question, 500).messages);
  expect(ask('')).toMatch(/verbatim.*tables.*code.*layout/s);
  expect(ask('')).not.toContain('<request>');
  expect(ask('How many?')).toContain('How many?');
});
