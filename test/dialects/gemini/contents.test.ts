import { describe, expect, test } from 'vitest';
import type { AssistantPart, Message } from '../../../shared/chat/request.ts';
import { calls, results, says, user, write } from './wire.ts';

const contents = (messages: Message[], to?: string) => write({ messages, ...(to ? { to } : {}) }).body.contents;
const roles = (messages: Message[], to?: string) => contents(messages, to).map(({ role }) => role);
const assistant = (...parts: AssistantPart[]): Message => ({ role: 'assistant', parts });
const call = (fields: Partial<Extract<AssistantPart, { type: 'tool-call' }>> = {}): AssistantPart => ({
  type: 'tool-call',
  id: 'call_1',
  name: 'find',
  arguments: '{}',
  ...fields,
});
const signed = (value: string) => ({ signature: { issuer: 'gemini', value } });

describe('instructions', () => {
  test('#49 of both kinds at the beginning are the system’s, in order, empty ones left out', () => {
    const { body } = write({
      messages: [
        {
          role: 'system',
          parts: [
            { type: 'text', text: 'One.' },
            { type: 'text', text: ' ' },
          ],
        },
        { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'Two.' }] },
        user('Hi'),
      ],
    });
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'One.' }, { text: 'Two.' }] });
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'Hi' }] }]);
  });

  test('#48 amid the conversation stay where they are, as a reminder of the user’s', () => {
    const late: Message = { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] };
    const { body } = write({ messages: [user('Hi'), says('Yes?'), late, user('Go')] });
    expect(body.systemInstruction).toBeUndefined();
    expect(body.contents[2]?.parts).toEqual([
      { text: '<system-reminder>\nBe brief.\n</system-reminder>' },
      { text: 'Go' },
    ]);
  });
});

describe('turns', () => {
  test('#51 neighbours of one side are one turn', () => {
    expect(contents([user('a'), user('b'), says('c'), says('d'), user('e')])).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
      { role: 'user', parts: [{ text: 'e' }] },
    ]);
  });

  test('#50 texts of nothing, and messages of nothing else, are left out before turns are made', () => {
    expect(contents([user('a'), says(''), user(' \n'), says('  '), user('b')])).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
    ]);
    const withCall = contents([user('a'), assistant({ type: 'text', text: '' }, call()), results('call_1')]);
    expect(withCall[1]?.parts).toHaveLength(1);
  });

  test('#53 the user speaks first, even where the conversation is empty', () => {
    expect(roles([says('Hello'), user('Hi')])).toEqual(['user', 'model', 'user']);
    expect(roles([{ role: 'system', parts: [{ type: 'text', text: 'x' }] }])).toEqual(['user']);
    expect(roles([results('unasked')])).toEqual(['user']);
  });

  test('#54 an answer begun by the caller is gone on with; where the model refuses that, the user asks for more', () => {
    expect(roles([user('a'), says('b ')], 'gemini-2.5-flash')).toEqual(['user', 'model']);
    for (const to of ['gemini-3.6-flash', 'gemini-3.5-flash-lite']) {
      expect(roles([user('a'), says('b')], to)).toEqual(['user', 'model', 'user']);
    }
    expect(roles([user('a'), says('b')], 'gemini-3.5-flash')).toEqual(['user', 'model']);
    const received = write({ messages: [user('a'), says('b')], traits: { prefill: 'continue' } });
    expect(received.body.contents.at(-1)).toEqual({ role: 'user', parts: [{ text: 'Continue.' }] });
  });

  test('#57 halves of characters are replaced, in texts and within arguments', () => {
    const { text } = write({
      messages: [
        user('cut \ud83d'),
        assistant(call({ arguments: '{"a":"\\ud83d","b":"\\ud83d\\ude00"}' })),
        results('call_1'),
      ],
    });
    expect(text).not.toMatch(/\\ud83d(?!\\ude00)/);
    expect(text).toContain('"b":"\\ud83d\\ude00"');
    expect(JSON.parse(text).contents[0].parts[0].text).toBe('cut \ufffd');
  });
});

describe('calls and results', () => {
  test('#52 the results of a turn come together, in the order of the calls, before what the user says', () => {
    const messages = [user('Hi'), calls('a', 'b'), user('wait'), results('b'), results('a')];
    expect(contents(messages)[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { name: 'tool_a', response: { output: 'result of a' } } },
        { functionResponse: { name: 'tool_b', response: { output: 'result of b' } } },
        { text: 'wait' },
      ],
    });
  });

  test('#52 a call that was never answered is answered with an error, an orphan becomes words, the last of two results counts', () => {
    const again: Message = { role: 'tool', results: [{ callId: 'a', parts: [{ type: 'text', text: 'newer' }] }] };
    const written = contents([user('Hi'), calls('a', 'b'), results('a'), again, results('zzz')]);
    expect(written[2]?.parts).toMatchObject([
      { functionResponse: { name: 'tool_a', response: { output: 'newer' } } },
      { functionResponse: { name: 'tool_b', response: { error: expect.stringContaining('no result') } } },
      { text: '[tool result zzz]' },
      { text: 'result of zzz' },
    ]);
  });

  test('a result has the name of its call though it knows only an id; #56 an error is marked as one', () => {
    const failed: Message = {
      role: 'tool',
      results: [{ callId: 'a', parts: [{ type: 'text', text: 'no such file' }], isError: true }],
    };
    expect(contents([user('Hi'), calls('a'), failed])[2]?.parts).toEqual([
      { functionResponse: { name: 'tool_a', response: { error: 'no such file' } } },
    ]);
  });

  test('#76 ids go back only where Gemini gave them, and only to models that take them; equal ids in later turns pair rightly', () => {
    const turn = (id: string): Message[] => [calls(id), results(id)];
    const messages = [
      user('Hi'),
      ...turn('gemini_fc-1'),
      ...turn('functions.Bash:0'),
      ...turn('functions.Bash:0'),
      ...turn(''),
    ];
    const written = contents(messages);
    expect(written[1]?.parts[0]?.functionCall).toEqual({ id: 'fc-1', name: 'tool_gemini_fc-1', args: {} });
    expect(written[2]?.parts[0]?.functionResponse).toMatchObject({ id: 'fc-1' });
    for (const { parts } of written.slice(3)) expect(JSON.stringify(parts)).not.toContain('"id"');
    expect(written.map(({ parts }) => parts.length)).toEqual(written.map(() => 1));
    expect(JSON.stringify(contents(messages, 'gemini-2.5-flash'))).not.toContain('"id"');
  });

  test('#60 arguments go out as they were written, digit by digit and key by key', () => {
    const text = '{"b":1.0,"2":1,"1":2,"id":1917043659912705296,"__proto__":{"x":-0}}';
    const { text: body } = write({
      messages: [user('Hi'), assistant(call({ arguments: ` ${text}\n` })), results('call_1')],
    });
    expect(body).toContain(`"args":${text}}`);
  });

  test('#20 arguments that are no object are wrapped, and none are an empty object', () => {
    const args = (given: string) => {
      const [, model] = contents([user('Hi'), assistant(call({ arguments: given })), results('call_1')]);
      return (model?.parts[0]?.functionCall as { args: unknown } | undefined)?.args;
    };
    expect(args('')).toEqual({});
    expect(args('null')).toEqual({});
    for (const odd of ['{"cut', '[1]', '"text"', '7', '{}{}']) expect(args(odd)).toEqual({ _raw: odd });
  });

  test('a call of free text goes as it was declared', () => {
    const written = contents([user('Hi'), assistant(call({ kind: 'custom', arguments: 'ls -l' })), results('call_1')]);
    expect(written[1]?.parts[0]?.functionCall).toEqual({ name: 'find', args: { input: 'ls -l' } });
  });
});

describe('#79 signatures', () => {
  const LOST = 'skip_thought_signature_validator';

  test('go back on the part they came with, and on no other', () => {
    const [, model] = contents([
      user('Hi'),
      assistant({ type: 'text', text: 'So', ...signed('t') }, call({ id: 'a', ...signed('c') }), call({ id: 'b' }), {
        type: 'text',
        text: '',
        ...signed('e'),
      }),
      results('a', 'b'),
    ]);
    expect(model?.parts).toEqual([
      { text: 'So', thoughtSignature: 't' },
      { functionCall: { name: 'find', args: {} }, thoughtSignature: 'c' },
      { functionCall: { name: 'find', args: {} } },
      { text: '', thoughtSignature: 'e' },
    ]);
  });

  test('that are lost are stood in for on the first call of each turn, for models that demand one', () => {
    const messages = [user('Hi'), calls('a', 'b'), results('a', 'b'), calls('c'), results('c')];
    const signatures = (to: string) =>
      contents(messages, to).flatMap(({ parts }) =>
        parts.filter((part) => part.functionCall).map((part) => part.thoughtSignature),
      );
    expect(signatures('gemini-3-flash')).toEqual([LOST, undefined, LOST]);
    expect(signatures('gemini-2.5-flash')).toEqual([undefined, undefined, undefined]);
  });

  test('#82 of other vendors never go to Google, nor does their thinking or unsigned thinking', () => {
    const foreign = { signature: { issuer: 'anthropic', value: 'claude-signature' } };
    const { text, body } = write({
      messages: [
        user('Hi'),
        assistant(
          { type: 'thinking', text: 'their thinking', ...foreign },
          { type: 'thinking', text: 'bare thinking' },
          { type: 'text', text: 'Hm', ...foreign },
          call({ ...foreign }),
        ),
        results('call_1'),
        assistant({ type: 'thinking', text: 'nothing else' }),
        user('Go'),
      ],
    });
    expect(text).not.toMatch(/claude-signature|their thinking|bare thinking|nothing else/);
    expect(body.contents.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
    expect(body.contents[1]?.parts[1]?.thoughtSignature).toBe(LOST);
  });

  test('of Gemini on thinking go back with it, unless the target wants no thinking', () => {
    const messages = [
      user('Hi'),
      assistant({ type: 'thinking', text: 'hm', ...signed('s') }, { type: 'text', text: 'Yes' }),
      user('Go'),
    ];
    expect(contents(messages)[1]?.parts[0]).toEqual({ text: 'hm', thought: true, thoughtSignature: 's' });
    const stripped = write({ messages, traits: { thinkingHistory: 'strip' } }).body.contents[1];
    expect(stripped?.parts).toEqual([{ text: 'Yes' }]);
  });
});
