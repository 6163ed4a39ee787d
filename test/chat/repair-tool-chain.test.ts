import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_RESULT, repairToolChain } from '../../shared/chat/repair-tool-chain.ts';
import { anyMessages, calling, results, text, user } from './messages.ts';

describe('the chain of calls and results', () => {
  test('a conversation in order comes back equal', () => {
    const good = [user('q'), calling('a', 'b'), results(['a', '1'], ['b', '2']), user('more')];
    expect(repairToolChain(good)).toEqual(good);
  });

  test('#52 results come directly after their calls and in their order, the last of several counts', () => {
    expect(
      repairToolChain([calling('a', 'b'), user('amid'), results(['b', '2'], ['a', '1']), results(['b', '3'])]),
    ).toEqual([calling('a', 'b'), results(['a', '1'], ['b', '3']), user('amid')]);
  });

  test('#52 a call without a result is answered with an error, a result without a call becomes words', () => {
    expect(repairToolChain([results(['ghost', 'boo']), calling('a')])).toEqual([
      { role: 'user', parts: [text('[tool result ghost]'), text('boo')] },
      calling('a'),
      { role: 'tool', results: [{ callId: 'a', name: 'f', isError: true, parts: [text(NO_RESULT)] }] },
    ]);
  });

  test('#76 an id used again belongs to the call before the result; twins in one message are answered in order', () => {
    const again = [
      calling('a'),
      results(['a', '1']),
      calling('a'),
      results(['a', '2']),
      calling('t', 't'),
      results(['t', '3'], ['t', '4']),
    ];
    expect(repairToolChain(again)).toEqual(again);
  });

  test('whatever the order of messages: every call is answered once, in place, and repairing again changes nothing', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const before = JSON.stringify(messages);
        const repaired = repairToolChain(messages);
        expect(JSON.stringify(messages)).toBe(before);
        expect(repairToolChain(repaired)).toEqual(repaired);
        for (const [position, message] of repaired.entries()) {
          const ids =
            message.role === 'assistant'
              ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
              : [];
          const next = repaired[position + 1];
          if (ids.length > 0) expect(next?.role === 'tool' && next.results.map(({ callId }) => callId)).toEqual(ids);
          if (message.role === 'tool') expect(repaired[position - 1]).toMatchObject({ role: 'assistant' });
        }
      }),
    );
  });
});
