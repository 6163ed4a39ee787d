import { expect, test } from 'vitest';
import type { AssistantPart, Message } from '../../shared/chat/request.ts';
import { cutToMost } from '../../shared/transforms/cut-to-most.ts';
import { user } from './requests.ts';

const system: Message = { role: 'system', parts: [{ type: 'text', text: 's' }] };
const assistant = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
const calling = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id): AssistantPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' })),
});
const results = (...ids: string[]): Message => ({
  role: 'tool',
  results: ids.map((callId) => ({ callId, parts: [] })),
});

test('a conversation that is short enough stays', () => {
  const given = [system, user('1'), assistant('2'), user('3')];
  expect(cutToMost(given, 4)).toEqual(given);
});

test('of a longer one the instructions stay, and the end from a turn of the user on', () => {
  const given = [system, user('1'), assistant('2'), user('3'), assistant('4'), user('5')];
  expect(cutToMost(given, 5)).toEqual([system, user('3'), assistant('4'), user('5')]);
});

test('each result of a tool counts as one message', () => {
  const given = [user('1'), assistant('2'), user('3'), calling('a', 'b'), results('a', 'b')];
  expect(cutToMost(given, 4)).toEqual([user('3'), calling('a', 'b'), results('a', 'b')]);
});

test('in the long run of an agent the question stays, and the oldest calls go with their results', () => {
  const given = [user('1'), calling('a'), results('a'), calling('b'), results('b'), calling('c'), results('c')];
  expect(cutToMost(given, 5)).toEqual([user('1'), calling('b'), results('b'), calling('c'), results('c')]);
});

test('of calls that are too many at once the last ones stay, with their results', () => {
  const given = [user('1'), calling('a', 'b', 'c', 'd'), results('a', 'b', 'c', 'd')];
  expect(cutToMost(given, 4)).toEqual([user('1'), calling('c', 'd'), results('c', 'd')]);
});
