import { expect, test } from 'vitest';
import type { AssistantPart, Message } from '../../shared/chat/request.ts';
import { countChanges } from '../../shared/transforms/changes.ts';
import { inPlainForm, withJoinedResults, withPicturesBehind } from '../../shared/transforms/plain-form.ts';
import { user } from './requests.ts';

const image = { type: 'image' as const, source: { type: 'url' as const, url: 'https://a.example/x.png' } };

function plain(message: Message, thinking: 'keep' | 'strip' = 'keep') {
  const { changes, count } = countChanges();
  return { message: inPlainForm(message, thinking, count), changes };
}
const assistant = (...parts: AssistantPart[]): Message => ({ role: 'assistant', parts });

test('neighbouring results are one message', () => {
  const result = (callId: string) => ({ callId, parts: [] });
  expect(
    withJoinedResults([user('a'), { role: 'tool', results: [result('x')] }, { role: 'tool', results: [result('y')] }]),
  ).toEqual([user('a'), { role: 'tool', results: [result('x'), result('y')] }]);
});

test("the developer's instructions are the system's, and a plain message stays the same object", () => {
  const developer: Message = { role: 'system', variant: 'developer', parts: [] };
  expect(plain(developer)).toEqual({ message: { role: 'system', parts: [] }, changes: { converted: 1 } });
  for (const message of [user('a'), { role: 'system', parts: [] } as Message])
    expect(plain(message).message).toBe(message);
});

test('thinking stays or is stripped', () => {
  const thinking = assistant({ type: 'thinking', text: 'hm' }, { type: 'text', text: 'a' });
  expect(plain(thinking)).toEqual({ message: thinking, changes: {} });
  expect(plain(thinking, 'strip')).toEqual({
    message: assistant({ type: 'text', text: 'a' }),
    changes: { stripped: 1 },
  });
});

test('refusals become text, pictures of the assistant a word, calls of the first form calls', () => {
  const given = assistant({ type: 'refusal', text: 'no' }, image, {
    type: 'tool-call',
    id: 'c',
    name: 'f',
    arguments: '{}',
    legacy: true,
  });
  expect(plain(given)).toEqual({
    message: assistant(
      { type: 'text', text: 'no' },
      { type: 'text', text: '[image]' },
      { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
    ),
    changes: { converted: 2, dropped: 1 },
  });
});

test('pictures in a result follow in a message of the user that says whose they are', () => {
  const { changes, count } = countChanges();
  const given: Message = { role: 'tool', results: [{ callId: 'c', parts: [{ type: 'text', text: 'see' }, image] }] };
  expect(withPicturesBehind(given, count)).toEqual([
    {
      role: 'tool',
      results: [
        {
          callId: 'c',
          parts: [
            { type: 'text', text: 'see' },
            { type: 'text', text: '[image returned, see next message]' },
          ],
        },
      ],
    },
    { role: 'user', parts: [{ type: 'text', text: '[returned by tool call c]' }, image] },
  ]);
  expect(changes).toEqual({ moved: 1 });
  expect(withPicturesBehind(user('a'), count)).toEqual([user('a')]);
});
