import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/chat/request.ts';
import { answers, type Body, results, says, weather, write } from './write.ts';

describe('any conversation', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => value.trim() !== '');
  const id = fc.constantFrom('a', 'b', 'functions.x:1', '');
  const part = fc.record({ type: fc.constant('text' as const), text: fc.oneof(text, fc.constant(' ')) });
  const call = fc.record({
    type: fc.constant('tool-call' as const),
    id,
    name: fc.constantFrom('f', 'g.h', '名'),
    arguments: fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
      fc.string(),
    ),
  });
  const thinking = fc.record({
    type: fc.constant('thinking' as const),
    text,
    signature: fc.record({ issuer: fc.constantFrom('anthropic', 'gemini'), value: text }),
  });
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.record({ role: fc.constant('user' as const), parts: fc.array(part, { maxLength: 3 }) }),
    fc.record({ role: fc.constant('system' as const), parts: fc.array(part, { maxLength: 2 }) }),
    fc.record({
      role: fc.constant('assistant' as const),
      parts: fc.array(fc.oneof(part, call, thinking), { maxLength: 4 }),
    }),
    fc.record({
      role: fc.constant('tool' as const),
      results: fc.array(fc.record({ callId: id, parts: fc.array(part, { maxLength: 2 }) }), { maxLength: 3 }),
    }),
  );

  test('#50 #51 #52 #53 is written as Converse demands: sides in turn, no blank text, each call answered in the next turn', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const { body } = write({ messages });
        const turns: { role: string; content: Body[] }[] = body.messages;
        turns.forEach(({ role, content }, index) => {
          expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant');
          expect(content.length).toBeGreaterThan(0);
          for (const block of content) if ('text' in block) expect(block.text.trim()).not.toBe('');
          const called = content.flatMap(({ toolUse }) => (toolUse ? [toolUse.toolUseId] : []));
          const next = turns[index + 1]?.content ?? [];
          expect(next.flatMap(({ toolResult }) => (toolResult ? [toolResult.toolUseId] : []))).toEqual(
            role === 'assistant' ? called : [],
          );
        });
      }),
      { numRuns: 200 },
    );
  });

  test('in order comes through whole: every text, call, result and thinking of Claude in its place', () => {
    const round = fc.tuple(text, text, fc.dictionary(fc.string(), fc.jsonValue()), text, text);
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 4 }), (rounds) => {
        const messages = rounds.flatMap(([asked, thinkingPart, args, given, said], index): Message[] => [
          says(asked),
          {
            role: 'assistant',
            parts: [
              { type: 'thinking', text: thinkingPart, signature: { issuer: 'anthropic', value: `s${index}` } },
              { type: 'tool-call', id: `t${index}`, name: 'weather', arguments: JSON.stringify(args) },
            ],
          },
          results([`t${index}`, given]),
          answers(said),
        ]);
        const { body } = write({ messages: [...messages, says('end')], tools: [weather] });
        expect(body.messages.map(readTurn)).toEqual([
          ...rounds.flatMap(([asked, thinkingPart, args, given, said], index) => [
            [`user says ${asked.toWellFormed()}`],
            [`thinks ${thinkingPart.toWellFormed()} s${index}`, `calls t${index} weather ${canonical(args)}`],
            [`gets t${index} ${given.toWellFormed()}`],
            [`assistant says ${said.toWellFormed()}`],
          ]),
          ['user says end'],
        ]);
      }),
      { numRuns: 100 },
    );
  });

  /** A reader of Converse's messages that knows nothing of the writer. */
  function readTurn({ role, content }: Body): string[] {
    return content.map((block: Body) => {
      if (block.text !== undefined) return `${role} says ${block.text}`;
      if (block.toolUse)
        return `calls ${block.toolUse.toolUseId} ${block.toolUse.name} ${canonical(block.toolUse.input)}`;
      if (block.toolResult) return `gets ${block.toolResult.toolUseId} ${block.toolResult.content[0].text}`;
      return `thinks ${block.reasoningContent.reasoningText.text} ${block.reasoningContent.reasoningText.signature}`;
    });
  }

  const canonical = (value: unknown): string =>
    JSON.stringify(JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd')));
});
