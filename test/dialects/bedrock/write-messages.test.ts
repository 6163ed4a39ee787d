import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/chat/request.ts';
import { answers, type Body, calls, instructs, results, SONNET, says, weather, write } from './write.ts';

describe('the messages of a request for Converse', () => {
  test('#49 several instructions and those of developers stand together at the top', () => {
    const developer: Message = { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'Two.' }] };
    expect(write({ messages: [instructs('One.'), developer, says('Hi')] }).body.system).toEqual([
      { text: 'One.' },
      { text: 'Two.' },
    ]);
  });

  test('#48 instructions amid the conversation stay in their place, as words of the user', () => {
    const { body } = write({ messages: [says('Hi'), answers('Hello.'), says('Now'), instructs('In French.')] });
    expect(body.system).toBeUndefined();
    expect(body.messages.at(-1).content).toEqual([
      { text: 'Now' },
      { text: '<system-reminder>\nIn French.\n</system-reminder>' },
    ]);
  });

  test('#50 blank texts go, and messages that held nothing else; empty results say so', () => {
    const { body } = write({
      messages: [
        instructs('  '),
        says('', 'Hi', ' \n'),
        {
          role: 'assistant',
          parts: [
            { type: 'text', text: '' },
            { type: 'tool-call', id: 'a', name: 'now', arguments: '' },
          ],
        },
        results(['a', '']),
        answers(' '),
        says('Well?'),
      ],
    });
    expect(body.system).toBeUndefined();
    expect(body.messages).toEqual([
      { role: 'user', content: [{ text: 'Hi' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'now', input: {} } }] },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: '(empty result)' }], status: 'success' } },
          { text: 'Well?' },
        ],
      },
    ]);
  });

  test('#51 neighbours of one side are one turn, results of tools first in it', () => {
    const { body } = write({
      messages: [
        says('One'),
        says('Two'),
        calls(['a', 'f'], ['b', 'f']),
        results(['a', '1']),
        results(['b', '2']),
        says('Three'),
      ],
    });
    expect(body.messages.map(({ role }: Body) => role)).toEqual(['user', 'assistant', 'user']);
    expect(body.messages[2].content.map((block: Body) => block.toolResult?.toolUseId ?? block.text)).toEqual([
      'a',
      'b',
      'Three',
    ]);
  });

  test('#52 calls without results, results without calls and results in disorder are put right', () => {
    const { body } = write({
      messages: [
        results(['lost', 'gone']),
        says('Hi'),
        calls(['a', 'f'], ['b', 'f']),
        says('wait'),
        results(['b', '2']),
      ],
    });
    const [first, , third] = body.messages;
    expect(JSON.stringify(first)).toContain('[tool result lost]');
    expect(third.content.map((block: Body) => [block.toolResult?.toolUseId, block.toolResult?.status])).toEqual([
      ['a', 'error'],
      ['b', 'success'],
      [undefined, undefined],
    ]);
  });

  test('#53 the user speaks first, though the conversation begins with an answer or holds instructions only', () => {
    expect(write({ messages: [answers('Hello.'), says('Hi')] }).body.messages[0]).toEqual({
      role: 'user',
      content: [{ text: '…' }],
    });
    expect(write({ messages: [instructs('Answer with a joke.')] }).body.messages).toEqual([
      { role: 'user', content: [{ text: '…' }] },
    ]);
  });

  test('#54 an answer begun by the caller is gone on from without its last spaces, or the model is asked to continue', () => {
    const begun = [says('Hi'), answers('The answer is  \n')];
    expect(write({ messages: begun }).body.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ text: 'The answer is' }],
    });
    for (const model of ['anthropic.claude-opus-4-6-v1', 'meta.llama4-maverick-17b-instruct-v1:0']) {
      expect(write({ messages: begun }, model).body.messages.at(-1)).toEqual({
        role: 'user',
        content: [{ text: 'Continue.' }],
      });
    }
    expect(write({ messages: begun }, SONNET, { prefill: 'continue' }).body.messages).toHaveLength(3);
  });

  test('#57 halves of surrogate pairs go out as whole characters, in texts and in arguments', () => {
    const { body } = write({
      messages: [
        says('cut \ud83d'),
        calls(['a', 'f', '{"a":"\\ud83d","b":"\\ud83d\\ude00","c":"\\\\ud83d"}']),
        results(['a', '\ude00 end']),
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/(?<!\\)\\ud/i);
    expect(body.messages[0].content[0].text).toBe('cut \ufffd');
    expect(body.messages[1].content[0].toolUse.input).toEqual({ a: '\ufffd', b: '😀', c: '\\ud83d' });
  });

  test('#60 arguments are written as they came: large numbers, 1.0, key order, __proto__', () => {
    const text = '{"id":1917043659912705296,"b":1.0,"2":-0,"1":2,"__proto__":{"x":1}}';
    expect(write({ messages: [says('Hi'), calls(['a', 'f', text]), results(['a', '1'])] }).text).toContain(
      `"input":${text}`,
    );
  });

  test('#20 arguments that are no object are wrapped', () => {
    for (const text of ['{"a":"b', '[1,2]', '"x"', 'nonsense']) {
      const { body } = write({ messages: [says('Hi'), calls(['a', 'f', text]), results(['a', '1'])] });
      expect(body.messages[1].content[0].toolUse.input).toEqual({ _raw: text });
    }
    for (const text of ['', 'null', ' ']) {
      const { body } = write({ messages: [says('Hi'), calls(['a', 'f', text]), results(['a', '1'])] });
      expect(body.messages[1].content[0].toolUse.input).toEqual({});
    }
  });

  test('#59 the same conversation is the same bytes, and a longer one begins with them', () => {
    const begun = [
      instructs('Be brief.'),
      says('Hi'),
      calls(['functions.Bash:0', 'Bash', '{"b":1,"a":2}']),
      results(['functions.Bash:0', 'ok']),
    ];
    const [once, again, longer] = [begun, begun, [...begun, answers('Done.'), says('More')]].map(
      (messages) => write({ messages, tools: [weather] }).text,
    );
    expect(once).toBe(again);
    const conversation = once!.slice(0, once!.indexOf(']}],"system"'));
    expect(longer!.startsWith(conversation)).toBe(true);
  });
});
