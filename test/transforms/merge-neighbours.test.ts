import { expect, test } from 'vitest';
import type { Message } from '../../shared/chat/request.ts';
import { countChanges } from '../../shared/transforms/changes.ts';
import { mergeNeighbours } from '../../shared/transforms/merge-neighbours.ts';
import { user } from './requests.ts';

function merge(...messages: Message[]) {
  const { changes, count } = countChanges();
  return { merged: mergeNeighbours(messages, count), changes };
}

const assistant = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
const results = (id: string): Message => ({ role: 'tool', results: [{ callId: id, parts: [] }] });

test('neighbours of one role are one message, their texts one text', () => {
  expect(merge(user('a'), user('b'), user('c'), assistant('d'))).toEqual({
    merged: [user('a\n\nb\n\nc'), assistant('d')],
    changes: { merged: 2 },
  });
});

test('messages of different roles stay, and so do results of tools', () => {
  const given = [user('a'), assistant('b'), user('c'), results('x'), results('y')];
  expect(merge(...given)).toEqual({ merged: given, changes: {} });
});

test('a text with a cache mark keeps its own part', () => {
  const marked: Message = { role: 'user', parts: [{ type: 'text', text: 'a', cache: {} }] };
  expect(merge(marked, user('b')).merged).toEqual([
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'a', cache: {} },
        { type: 'text', text: 'b' },
      ],
    },
  ]);
});

test('two speakers in one message are kept apart by their names', () => {
  const named = (name: string, text: string): Message => ({ ...user(text), name }) as Message;
  expect(merge(named('Ann', 'a'), named('Bob', 'b')).merged).toEqual([user('[Ann]\n\na\n\n[Bob]\n\nb')]);
  expect(merge(named('Ann', 'a'), named('Ann', 'b')).merged).toEqual([named('Ann', 'a\n\nb')]);
});

test('thinking of both stands before the text', () => {
  const thinking = (text: string, words: string): Message => ({
    role: 'assistant',
    parts: [
      { type: 'thinking', text },
      { type: 'text', text: words },
    ],
  });
  expect(merge(thinking('1', 'a'), thinking('2', 'b')).merged).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'thinking', text: '1' },
        { type: 'thinking', text: '2' },
        { type: 'text', text: 'a\n\nb' },
      ],
    },
  ]);
});
