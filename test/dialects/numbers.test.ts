import { describe, expect, test } from 'vitest';
import { conversationPaths } from '../../shared/dialects/clients.ts';
import type { ClientDialect } from '../../shared/dialects/dialect.ts';
import { tryParseExact } from '../../shared/http/json.ts';

/** Numbers that no field takes: the message names the field, the range that is permitted, and what was given. */
const dialects = new Map(conversationPaths.map(({ dialect }) => [dialect.name, dialect]));
const SAFE = 'from -9007199254740991 to 9007199254740991';

function refusal(dialect: ClientDialect, member: string): { message: string; param: string } {
  const given = { 'openai-responses': '"input":"a"', 'openai-completions': '"prompt":"a"' }[dialect.name];
  const text = `{"model":"m",${given ?? '"messages":[{"role":"user","content":"a"}]'},"max_tokens":5,${member}}`;
  const value = tryParseExact(text) as Record<string, unknown>;
  try {
    dialect.readRequest(value);
  } catch (thrown) {
    return thrown as { message: string; param: string };
  }
  return { message: '', param: '' };
}

describe('a number that cannot be', () => {
  test.each([
    ['openai-chat', '"max_tokens":1e400', 'from 0 to 9007199254740991, but got one that is too large'],
    ['openai-chat', '"max_tokens":9007199254740993', 'from 0 to 9007199254740991, but got 9007199254740993'],
    ['openai-chat', '"max_completion_tokens":1.5', 'a whole number from 0 to 9007199254740991, but got 1.5'],
    ['openai-chat', '"n":99999999999999999999', 'a whole number from 1 to 128, but got 99999999999999999999'],
    ['openai-chat', '"n":-0', 'a whole number from 1 to 128, but got 0'],
    ['openai-chat', '"seed":-1e400', `a whole number ${SAFE}, but got one that is too large`],
    ['openai-chat', '"seed":1.25', `a whole number ${SAFE}, but got 1.25`],
    ['openai-chat', `"seed":${'9'.repeat(500)}`, `a whole number ${SAFE}, but got ${'9'.repeat(40)}…`],
    ['openai-chat', '"top_k":9007199254740993', `a whole number ${SAFE}, but got 9007199254740993`],
    ['openai-chat', '"top_p":1e400', 'a number from 0 to 1, but got one that is too large'],
    ['openai-chat', '"top_p":-1', 'a number from 0 to 1, but got -1'],
    ['openai-chat', '"frequency_penalty":1e400', 'a number from -2 to 2, but got one that is too large'],
    ['openai-chat', '"logit_bias":{"50256":99999999999999999999}', 'but got 99999999999999999999'],
    ['openai-responses', '"max_output_tokens":1e400', 'from 1 to 9007199254740991, but got one that is too large'],
    ['openai-responses', '"max_output_tokens":9007199254740993', 'but got 9007199254740993'],
    ['openai-responses', '"max_output_tokens":0', 'a whole number from 1 to 9007199254740991, but got 0'],
    ['openai-completions', '"n":1e400', 'but got one that is too large'],
    ['anthropic', '"max_tokens":1e400', 'from 0 to 9007199254740991, but got one that is too large'],
    ['anthropic', '"max_tokens":9007199254740993', 'from 0 to 9007199254740991, but got 9007199254740993'],
    ['anthropic', '"max_tokens":-1', 'a whole number from 0 to 9007199254740991, but got -1'],
    ['anthropic', '"top_k":-1e400', 'a whole number from '],
    ['anthropic', '"thinking":{"type":"enabled","budget_tokens":1e400}', 'but got one that is too large'],
    ['anthropic', '"temperature":3', 'a number from 0 to 2, but got 3'],
  ])('of %s (%s) is refused with its range', (name, member, sentence) => {
    const { message, param } = refusal(dialects.get(name)!, member);
    const field = /"(\w+)":[^"{]*$/.exec(member)![1]!;
    expect(param).toMatch(new RegExp(`${field}$`));
    expect(message).toContain(field);
    expect(message).toContain(sentence);
    expect(message.length).toBeLessThan(200);
  });

  test.each([
    ['openai-chat', 'user'],
    ['openai-chat', 'stream'],
    ['anthropic', 'stream'],
    ['openai-responses', 'user'],
    ['openai-completions', 'stream'],
  ])('that stands where %s takes none is called a number, however long it is: %s', (name, field) => {
    const { message } = refusal(dialects.get(name)!, `"${field}":99999999999999999999`);
    expect(message).toMatch(/received number\.?$/);
  });

  test.each([...dialects.values()])(
    'no message of $name says the same of what is expected and what was given',
    (dialect) => {
      for (const field of ['max_tokens', 'max_output_tokens', 'n', 'seed', 'top_k', 'top_logprobs', 'temperature']) {
        for (const value of ['1e400', '-1e400', '9007199254740993', '1.5', '-1', '-0', '9'.repeat(30)]) {
          const { message } = refusal(dialect, `"${field}":${value}`);
          expect(message).not.toMatch(/received (?:number|object|-?Infinity)|expected number to be|expected int\b/);
        }
      }
    },
  );

  test('another type is still reported as such', () => {
    expect(refusal(dialects.get('openai-chat')!, '"n":"5"').message).toBe(
      "Invalid 'n': expected number, received string.",
    );
  });
});
