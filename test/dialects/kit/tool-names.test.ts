import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairToolChain } from '../../../shared/chat/repair-tool-chain.ts';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import {
  legalName,
  plainNames,
  withLegalToolIds,
  withLegalToolNames,
} from '../../../shared/dialects/kit/tool-names.ts';
import { anyMessages, calling, user } from '../../chat/messages.ts';

describe('names of tools', () => {
  test('#71 a legal name stays, any other becomes legal, shorter and its own, by the name alone', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 90 }), fc.stringMatching(/^[a-z.:]{60,90}$/)),
        ),
        fc.constantFrom(64, 128),
        (names, most) => {
          const rule = plainNames(most);
          const legal = names.map((name) => legalName(name, rule));
          expect(new Set(legal).size).toBe(names.length);
          for (const [position, name] of legal.entries()) {
            expect(name).toMatch(rule.legal);
            if (rule.legal.test(names[position]!)) expect(name).toBe(names[position]);
          }
        },
      ),
    );
  });

  test('#71 only a request with other names is changed, and the memo leads back', () => {
    const plain: ChatRequest = { model: 'm', stream: false, messages: [user('x'), calling('a')] };
    expect(withLegalToolNames(plain, plainNames(64))).toEqual({ request: plain, toolNames: undefined });
    const odd: ChatRequest = {
      ...plain,
      tools: [{ kind: 'function', name: 'server.tool' }],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['server.tool'] },
    };
    const { request, toolNames } = withLegalToolNames(odd, plainNames(64));
    const sent = request.tools![0]!.name;
    expect(request.toolChoice).toMatchObject({ names: [sent] });
    expect(toolNames!.get(sent)).toBe('server.tool');
  });

  test('#76 ids become legal and unique, and results keep pointing to their calls', () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const written = withLegalToolIds(repairToolChain(messages), plainNames(64));
        const ids = written.flatMap((message) =>
          message.role === 'assistant'
            ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
            : [],
        );
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        const answered = written.flatMap((message) =>
          message.role === 'tool' ? message.results.map(({ callId }) => callId) : [],
        );
        expect(answered).toEqual(ids);
      }),
    );
  });
});
