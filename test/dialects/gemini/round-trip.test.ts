import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AssistantPart, Message, ToolResult, UserPart } from '../../../shared/chat/request.ts';
import { PNG, write } from './wire.ts';

/** What both sides can say of a conversation, in plain words: what was said, shown, called and answered, by whom, in order. */
type Said = [who: 'user' | 'model', what: string, ...details: unknown[]];

const words = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '' && text.isWellFormed());
const value = fc.jsonValue({ maxDepth: 2 });
const ownSignature = fc.option(fc.base64String({ minLength: 4 }), { nil: undefined });

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  words.map((text): UserPart => ({ type: 'text', text })),
  fc.constant<UserPart>({ type: 'image', source: { type: 'data', mediaType: 'image/png', data: PNG } }),
);

interface Exchange {
  user: UserPart[];
  text: string;
  textSignature: string | undefined;
  calls: { name: string; args: Record<string, unknown>; result: string; isError: boolean; ownId: boolean }[];
  callSeal: string | undefined;
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  user: fc.array(userPart, { minLength: 1, maxLength: 3 }),
  text: words,
  textSignature: ownSignature,
  calls: fc.array(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z_]{0,9}$/),
      args: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), value, { maxKeys: 3 }),
      result: words,
      isError: fc.boolean(),
      ownId: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  callSeal: fc.base64String({ minLength: 4 }),
});

const signed = (value: string | undefined) => (value === undefined ? {} : { signature: { issuer: 'gemini', value } });

function toHub({ user, text, textSignature, calls, callSeal }: Exchange, turn: number): Message[] {
  const idOf = (place: number, ownId: boolean): string =>
    ownId ? `gemini_g${turn}_${place}` : `call_${turn}_${place}`;
  const parts: AssistantPart[] = [{ type: 'text', text, ...signed(textSignature) }];
  calls.forEach(({ name, args, ownId }, place) => {
    const own = place === 0 ? signed(callSeal) : {};
    parts.push({ type: 'tool-call', id: idOf(place, ownId), name, arguments: JSON.stringify(args), ...own });
  });
  const results = calls.map(
    ({ result, isError, ownId }, place): ToolResult => ({
      callId: idOf(place, ownId),
      parts: [{ type: 'text', text: result }],
      ...(isError ? { isError } : {}),
    }),
  );
  const said: Message[] = [
    { role: 'user', parts: user },
    { role: 'assistant', parts },
  ];
  return results.length === 0 ? said : [...said, { role: 'tool', results }];
}

function sayHub(turns: Exchange[]): Said[] {
  return turns.flatMap(({ user, text, textSignature, calls, callSeal }, turn): Said[] => [
    ...user.map((part): Said => (part.type === 'text' ? ['user', 'text', part.text] : ['user', 'image', PNG])),
    ['model', 'text', text, textSignature],
    ...calls.map(
      ({ name, args, ownId }, place): Said => [
        'model',
        'call',
        name,
        args,
        place === 0 ? callSeal : undefined,
        ownId ? `g${turn}_${place}` : undefined,
      ],
    ),
    ...calls.map(
      ({ name, result, isError, ownId }, place): Said => [
        'user',
        'result',
        name,
        isError ? { error: result } : { output: result },
        ownId ? `g${turn}_${place}` : undefined,
      ],
    ),
  ]);
}

/** Our own reading of Gemini's contents, after its documentation. */
function sayWire(contents: ReturnType<typeof write>['body']['contents']): Said[] {
  return contents.flatMap(({ role, parts }) =>
    parts.map((part): Said => {
      const who = role === 'model' ? 'model' : 'user';
      const called = part.functionCall as Record<string, unknown> | undefined;
      if (called) return [who, 'call', called.name, called.args, part.thoughtSignature, called.id];
      const answered = part.functionResponse as Record<string, unknown> | undefined;
      if (answered) return [who, 'result', answered.name, answered.response, answered.id];
      const shown = part.inlineData as Record<string, unknown> | undefined;
      if (shown) return [who, 'image', shown.data];
      return who === 'model' ? [who, 'text', part.text, part.thoughtSignature] : [who, 'text', part.text];
    }),
  );
}

test('a conversation written for Gemini says what was said: words, images, calls, results, signatures and ids, in order', () => {
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 1, maxLength: 4 }), (turns) => {
      const { body } = write({ messages: turns.flatMap(toHub) });
      expect(sayWire(body.contents)).toEqual(sayHub(turns));
      const roles = body.contents.map(({ role }) => role);
      expect(roles.filter((role, at) => role === roles[at - 1])).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('#52 whatever the history, the user begins, the sides take turns, and each call is answered in the next turn, in order', () => {
  const id = fc.constantFrom('a', 'b', 'gemini_c', '');
  const call = id.map((each): AssistantPart => ({ type: 'tool-call', id: each, name: `t_${each}`, arguments: '{' }));
  const text = fc.constantFrom('', ' ', 'words').map((each) => ({ type: 'text' as const, text: each }));
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.array(text, { maxLength: 2 }).map((parts): Message => ({ role: 'system', parts })),
    fc.array(text, { maxLength: 2 }).map((parts): Message => ({ role: 'user', parts })),
    fc.array(fc.oneof(call, text), { maxLength: 3 }).map((parts): Message => ({ role: 'assistant', parts })),
    fc
      .array(id, { maxLength: 3 })
      .map((ids): Message => ({ role: 'tool', results: ids.map((callId) => ({ callId, parts: [] })) })),
  );
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.constantFrom('gemini-3-flash', 'gemini-2.5-pro'),
      (messages, to) => {
        const { contents } = write({ messages, to }).body;
        expect(contents[0]?.role).toBe('user');
        contents.forEach(({ role, parts }, at) => {
          expect(role).not.toBe(contents[at + 1]?.role);
          expect(parts.length).toBeGreaterThan(0);
          const names = (key: string, from: typeof parts = []) =>
            from.flatMap((part) => (part[key] ? [(part[key] as { name: string }).name] : []));
          if (role === 'model')
            expect(names('functionResponse', contents[at + 1]?.parts)).toEqual(names('functionCall', parts));
          else if (at === 0) expect(names('functionResponse', parts)).toEqual([]);
          if (role === 'user') {
            const isResult = parts.map((part) => 'functionResponse' in part);
            expect(isResult).toEqual([...isResult].sort((a, b) => Number(b) - Number(a)));
          }
        });
      },
    ),
    { numRuns: 200 },
  );
});
