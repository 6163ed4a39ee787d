import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairToolChain } from '../../shared/chat/repair-tool-chain.ts';
import type { Message } from '../../shared/chat/request.ts';
import { splitSystem, systemAsReminders, turnsOf, withoutEmptyParts } from '../../shared/chat/turns.ts';
import { anyMessages, text } from './messages.ts';

describe('turns', () => {
  test('#51 sides take turns, nothing said is lost, results come first', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const { system, rest } = splitSystem(messages);
        expect([...system, ...rest]).toEqual(messages);
        expect(rest[0]?.role).not.toBe('system');
        const turns = turnsOf(withoutEmptyParts(systemAsReminders(repairToolChain(rest))));
        for (const [position, turn] of turns.entries()) {
          expect(turn.role).not.toBe(turns[position + 1]?.role);
          expect(turn.parts.length + (turn.role === 'user' ? turn.results.length : 0)).toBeGreaterThan(0);
        }
        const said = JSON.stringify(turns).match(/system-reminder>\\n/g)?.length ?? 0;
        expect(said).toBe(rest.filter(({ role }) => role === 'system').length);
      }),
    );
  });

  test('#50 a mark on an empty part moves to the part before, or to its result; the input is not touched', () => {
    const given: Message[] = [
      { role: 'user', parts: [text('a'), { ...text(' '), cache: { ttl: '1h' } }] },
      { role: 'tool', results: [{ callId: 'a', parts: [{ ...text(''), cache: {} }] }] },
    ];
    const before = structuredClone(given);
    expect(withoutEmptyParts(given)).toEqual([
      { role: 'user', parts: [{ ...text('a'), cache: { ttl: '1h' } }] },
      { role: 'tool', results: [{ callId: 'a', parts: [], cache: {} }] },
    ]);
    expect(given).toEqual(before);
  });
});
