import { expect, test } from 'vitest';
import { agentIdsOf } from '../../shared/dialects/agents.ts';

test.each([
  [
    {
      'x-claude-code-session-id': '6f1c',
      'x-claude-code-agent-id': 'agent-2',
      'x-claude-code-parent-agent-id': 'agent-1',
    },
  ],
  [{ 'session-id': '6f1c', 'thread-id': 'agent-2', 'x-codex-parent-thread-id': 'agent-1' }],
  [{ session_id: '6f1c', conversation_id: 'other', 'thread-id': 'agent-2', 'x-codex-parent-thread-id': 'agent-1' }],
])('the ids of %j are those of conversation and agents', (headers) => {
  expect(agentIdsOf(headers)).toEqual({ session: '6f1c', agent: 'agent-2', parentAgent: 'agent-1' });
});

test('a conversation alone is a session', () => {
  expect(agentIdsOf({ conversation_id: '0199-a', 'x-other': 'x' })).toEqual({ session: '0199-a' });
});

test.each(['', ' ', 'a b', 'a\nb', '{"a":1}', 'é', '<b>', 'x'.repeat(129), 'a,b'])(
  'what is no plain short id (%j) is left out',
  (id) => {
    expect(agentIdsOf({ 'x-claude-code-session-id': id, 'x-claude-code-agent-id': 'a' })).toEqual({ agent: 'a' });
  },
);
