import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AssistantPart, Message, ResultPart, ToolResult, UserPart } from '../../shared/chat/request.ts';
import { writeRequest } from '../../shared/dialects/openai-chat/provider/write-request.ts';
import { traitsOfModel } from '../../shared/providers/model-traits.ts';
import { alternate } from '../../shared/transforms/alternate.ts';
import type { AlternationRules } from '../../shared/transforms/alternation-rules.ts';
import type { Changes } from '../../shared/transforms/changes.ts';
import { brokenRule } from '../support/hunyuan-rules.ts';

/** Every word said carries a number of its own, so that one that is lost is found to be missing. */
const SAID = /<\d+>/g;

function numbered(shapes: readonly Message[]): Message[] {
  let number = 0;
  const mark = (text: string): string => text.replaceAll('#', () => `<${number++}>`);
  return JSON.parse(JSON.stringify(shapes), (_, value) => (typeof value === 'string' ? mark(value) : value));
}

const text = (words: string) => ({ type: 'text' as const, text: words });
const image = { type: 'image' as const, source: { type: 'url' as const, url: 'https://a.example/#.png' } };
const blank = fc.constantFrom('', ' ', '\n').map(text);
const words = fc.constant(text('#'));
const id = fc.constantFrom('a', 'b', 'c', 'ghost');

const userParts: fc.Arbitrary<UserPart[]> = fc.array(
  fc.oneof({ arbitrary: words, weight: 4 }, blank, fc.constant(image)),
  { maxLength: 3 },
);
const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  { arbitrary: words, weight: 4 },
  blank,
  id.map((callId): AssistantPart => ({ type: 'tool-call', id: callId, name: 'f', arguments: '{"x":"#"}' })),
  id.map((callId): AssistantPart => ({ type: 'tool-call', id: callId, name: callId, arguments: '{}', legacy: true })),
  fc.constant<AssistantPart>({ type: 'refusal', text: '#' }),
  fc.constant<AssistantPart>({ type: 'thinking', text: 'hm', signature: { issuer: 'anthropic', value: 's' } }),
  fc.constant<AssistantPart>({ type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'AAAA' } }),
);
const resultPart: fc.Arbitrary<ResultPart> = fc.oneof({ arbitrary: words, weight: 4 }, blank, fc.constant(image));
const result: fc.Arbitrary<ToolResult> = fc.record({
  callId: id,
  parts: fc.array(resultPart, { maxLength: 2 }),
  isError: fc.boolean(),
});
const name = fc.option(fc.constantFrom('Ann', 'Bob'), { nil: undefined, freq: 6 });
const named = (message: Exclude<Message, { role: 'tool' }>, who: string | undefined): Message =>
  who === undefined ? message : { ...message, name: who };

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.tuple(userParts, name).map(([parts, who]) => named({ role: 'user', parts }, who)),
  fc
    .tuple(fc.array(assistantPart, { maxLength: 3 }), name)
    .map(([parts, who]) => named({ role: 'assistant', parts }, who)),
  fc.array(result, { maxLength: 3 }).map((results): Message => ({ role: 'tool', results })),
  fc.array(fc.oneof(words, blank), { maxLength: 2 }).map((parts): Message => ({ role: 'system', parts })),
  words.map((part): Message => ({ role: 'system', variant: 'developer', parts: [part] })),
);
const conversation = fc.array(message, { maxLength: 14 }).map(numbered);
const rules: fc.Arbitrary<AlternationRules> = fc.record({
  mostMessages: fc.option(fc.integer({ min: 4, max: 12 }), { nil: undefined, freq: 2 }),
  thinkingHistory: fc.constantFrom('keep', 'strip', undefined),
});

const hunyuan = { model: 'hunyuan-test', traits: traitsOfModel('hunyuan-test') };
const onTheWire = (messages: Message[]): object =>
  JSON.parse(Buffer.from(writeRequest({ model: 'm', stream: false, messages }, hunyuan).body).toString());
const lengthOnTheWire = (messages: Message[]): number =>
  (onTheWire(messages) as { messages: object[] }).messages.length;
const saidIn = (messages: readonly Message[]): string[] => JSON.stringify(messages).match(SAID) ?? [];
const lossesOf = ({ superseded = 0, cut = 0 }: Changes): number => superseded + cut;

describe('whatever the order of roles', () => {
  test('#51 10,000 conversations obey every rule on the wire, and doing it again changes nothing', () => {
    fc.assert(
      fc.property(conversation, rules, (messages, given) => {
        const before = JSON.stringify(messages);
        const { messages: normal, changes } = alternate(messages, given);
        expect(JSON.stringify(messages)).toBe(before);
        expect(brokenRule(onTheWire(normal), given.mostMessages ?? Number.POSITIVE_INFINITY)).toBeUndefined();
        const again = alternate(normal, given);
        expect(again.messages).toEqual(normal);
        expect(again.changes).toEqual({});
        for (const times of Object.values(changes)) expect(times).toBeGreaterThan(0);
        losesNothingUncounted(messages, normal, changes);
        const whole = alternate(messages, { ...given, mostMessages: undefined }).messages;
        expect(lengthOnTheWire(whole) - lengthOnTheWire(normal)).toBe(changes.cut ?? 0);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  test('a conversation that obeys already comes back as it is, with nothing counted', () => {
    let obedient = 0;
    fc.assert(
      fc.property(conversation, (messages) => {
        const { messages: normal, changes } = alternate(messages, { thinkingHistory: 'strip' });
        const obeys = brokenRule(onTheWire(messages), Number.POSITIVE_INFINITY) === undefined;
        if (Object.keys(changes).length > 0) return;
        obedient += 1;
        expect(obeys).toBe(true);
        expect(onTheWire(normal)).toEqual(onTheWire(messages));
      }),
      { numRuns: 1_000 },
    );
    expect(obedient).toBeGreaterThan(0);
  });
});

function losesNothingUncounted(before: readonly Message[], after: readonly Message[], changes: Changes): void {
  const kept = saidIn(after);
  // Nothing is said twice: no result is copied into anybody's mouth.
  expect(new Set(kept).size).toBe(kept.length);
  const missing = saidIn(before).filter((word) => !kept.includes(word));
  if (lossesOf(changes) === 0) expect(missing).toEqual([]);
  if ((changes.cut ?? 0) > 0) return; // What is cut is counted in messages, below.
  const inResults = before.flatMap((message) => (message.role === 'tool' ? message.results : []));
  const superseded = inResults.filter((result) =>
    JSON.stringify(result)
      .match(SAID)
      ?.some((word) => missing.includes(word)),
  );
  expect(superseded.length).toBeLessThanOrEqual(changes.superseded ?? 0);
  expect(superseded.flatMap((result) => JSON.stringify(result).match(SAID) ?? []).sort()).toEqual(missing.sort());
  for (const role of ['user', 'assistant'] as const) {
    const words = saidIn(before.filter((message) => message.role === role).map(withoutCalls));
    expect(kept.filter((word) => words.includes(word)).length).toBe(words.length);
    expect(
      saidIn(after.filter((message) => message.role === role).map(withoutCalls)).filter((word) => words.includes(word)),
    ).toEqual(words);
  }
  const toolsWords = new Set(saidIn(inResults as unknown as Message[]));
  const assistants = saidIn(after.filter(({ role }) => role === 'assistant'));
  expect(assistants.filter((word) => toolsWords.has(word))).toEqual([]);
}

const withoutCalls = (message: Message): Message =>
  message.role === 'assistant'
    ? { ...message, parts: message.parts.filter(({ type }) => type !== 'tool-call') }
    : message;

const user = (words: string): Message => ({ role: 'user', parts: [text(words)] });
const assistant = (words: string): Message => ({ role: 'assistant', parts: [text(words)] });
const system = (words: string): Message => ({ role: 'system', parts: [text(words)] });
const calling = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((callId) => ({ type: 'tool-call', id: callId, name: `use_${callId}`, arguments: '{}' })),
});
const calls = (said: string, ...ids: string[]): Message => {
  const { parts } = calling(...ids) as Extract<Message, { role: 'assistant' }>;
  return { role: 'assistant', parts: [text(said), ...parts] };
};
const results = (...received: [id: string, words: string][]): Message => ({
  role: 'tool',
  results: received.map(([callId, said]) => ({ callId, parts: [text(said)] })),
});

describe('each rule by itself', () => {
  test('instructions at the beginning become one message, later ones reminders in the user’s turn at their place', () => {
    expect(alternate([system('one'), system('two'), user('q'), assistant('a'), system('late'), user('r')])).toEqual({
      messages: [
        system('one\n\ntwo'),
        user('q'),
        assistant('a'),
        user('<system-reminder>\nlate\n</system-reminder>\n\nr'),
      ],
      changes: { reminded: 1, merged: 2 },
    });
  });

  test('neighbours of one side are merged: words joined, parts put together, speakers kept apart', () => {
    const picture: Message = { role: 'user', parts: [image] };
    const said = alternate([user('a'), user('b'), picture, assistant('x'), calls('y', 'c'), results(['c', '1'])]);
    expect(said.messages).toEqual([
      { role: 'user', parts: [text('a\n\nb'), image] },
      calls('x\n\ny', 'c'),
      results(['c', '1']),
    ]);
    expect(said.changes).toEqual({ merged: 3 });
    const named: Message[] = [
      { ...user('hi'), name: 'Ann' } as Message,
      { ...user('hello'), name: 'Bob' } as Message,
      user('well?'),
    ];
    expect(alternate(named).messages).toEqual([user('[Ann]\n\nhi\n\n[Bob]\n\nhello\n\nwell?')]);
  });

  test('what the user typed after tools is answered by a filler, and no result is copied into it', () => {
    const { messages, changes } = alternate([user('q'), calls('see', 'a'), results(['a', 'SECRET']), user('and?')]);
    expect(messages).toEqual([
      user('q'),
      calls('see', 'a'),
      results(['a', 'SECRET']),
      assistant('好的。'),
      user('and?'),
    ]);
    expect(changes).toEqual({ inserted: 1 });
  });

  test('it begins and ends with the user, whichever side spoke first and last', () => {
    expect(alternate([assistant('hello')]).messages).toEqual([user('继续'), assistant('hello'), user('请继续。')]);
    expect(alternate([system('s')]).messages).toEqual([system('s'), user('请继续。')]);
    expect(alternate([]).messages).toEqual([user('请继续。')]);
  });

  test('calls without words name their tools, empty results say so, pictures without words get some', () => {
    const { messages, changes } = alternate([
      { role: 'user', parts: [text(' '), image] },
      calling('a', 'b'),
      results(['a', ''], ['b', '2']),
    ]);
    expect(messages).toEqual([
      { role: 'user', parts: [text('请继续。'), image] },
      calls('调用工具：use_a, use_b', 'a', 'b'),
      results(['a', '(empty result)'], ['b', '2']),
    ]);
    expect(changes).toEqual({ filled: 3 });
  });

  test('#52 the chain of tools is repaired, and each repair is counted by its kind', () => {
    const broken = [
      results(['ghost', 'boo']),
      calls('x', 'a', 'b', 'c'),
      user('amid'),
      results(['b', 'old'], ['a', '1']),
      results(['b', '2']),
    ];
    const { messages, changes } = alternate(broken);
    expect(messages).toMatchObject([
      { role: 'user', parts: [text('[tool result ghost]'), text('boo')] },
      calls('x', 'a', 'b', 'c'),
      { role: 'tool', results: [{ callId: 'a' }, { callId: 'b', parts: [text('2')] }, { callId: 'c', isError: true }] },
      assistant('好的。'),
      user('amid'),
    ]);
    expect(changes).toEqual({ answered: 1, worded: 1, superseded: 1, moved: 2, inserted: 1 });
  });

  test('pictures that a tool returned are shown in the user’s next turn, under the id of the call', () => {
    const shown: Message = { role: 'tool', results: [{ callId: 'a', parts: [text('ok'), image] }] };
    const { messages, changes } = alternate([user('q'), calls('x', 'a'), shown, user('and?')]);
    const placeholder = text('[image returned, see next message]');
    expect(messages.slice(2)).toEqual([
      { role: 'tool', results: [{ callId: 'a', parts: [text('ok'), placeholder] }] },
      assistant('好的。'),
      { role: 'user', parts: [text('[returned by tool call a]'), image, text('and?')] },
    ]);
    expect(changes).toEqual({ moved: 1, merged: 1, inserted: 1 });
  });

  test('the owner’s fillers stand in for the Chinese ones, each by itself', () => {
    const { messages } = alternate([assistant('a')], { fillers: { goOn: 'Go on.' } });
    expect(messages).toEqual([user('继续'), assistant('a'), user('Go on.')]);
  });
});

describe('of too many messages', () => {
  const turns = (count: number): Message[] =>
    Array.from({ length: count }, (_, turn) => [user(`q${turn}`), assistant(`a${turn}`)]).flat();

  test('the instructions and the end stay, cut at a user’s turn', () => {
    const { messages, changes } = alternate([system('s'), ...turns(30), user('last')], { mostMessages: 40 });
    expect(messages.length).toBe(40);
    expect(messages.slice(0, 2)).toEqual([system('s'), user('q11')]);
    expect(messages.at(-1)).toEqual(user('last'));
    expect(changes).toEqual({ cut: 22 });
  });

  test('an agent’s long run keeps its task: the oldest calls go, with their results', () => {
    const run = Array.from({ length: 30 }, (_, step) => [
      calls('x', `c${step}`),
      results([`c${step}`, `${step}`]),
    ]).flat();
    const { messages } = alternate([system('s'), ...turns(2), user('task'), ...run], { mostMessages: 40 });
    expect(messages.length).toBe(40);
    expect(messages.slice(0, 3)).toEqual([system('s'), user('task'), calls('x', 'c11')]);
  });

  test('of more calls at once than fit the last stay, each with its result', () => {
    const ids = Array.from({ length: 50 }, (_, call) => `c${call}`);
    const run = [user('task'), calls('x', ...ids), results(...ids.map((callId): [string, string] => [callId, callId]))];
    const { messages, changes } = alternate(run, { mostMessages: 40 });
    const kept = ids.slice(-38);
    expect(messages).toEqual([
      user('task'),
      calls('x', ...kept),
      results(...kept.map((c): [string, string] => [c, c])),
    ]);
    expect(changes).toEqual({ cut: 12 });
  });
});
