import { expect, test } from 'vitest';
import { matches, mayDo, mayUse, mostTokens } from '../../shared/gateway/rules.ts';
import { groupOf, keyCaller } from '../support/callers.ts';

test.each<[string, string, boolean]>([
  ['gpt-4o', 'gpt-4o', true],
  ['gpt-4o', 'gpt-4o-mini', false],
  ['gpt-*', 'gpt-', true],
  ['gpt-*', 'openai/gpt-4o', false],
  ['*/gpt-4o', 'openai/gpt-4o', true],
  ['*', '', true],
  ['a*b*a', 'aba', true],
  ['a*a', 'a', false],
  ['*ab*ab', 'xab', false],
  ['a.c', 'abc', false],
])('the pattern %j and the model %j: %j', (pattern, model, expected) => {
  expect(matches(pattern, model)).toBe(expected);
});

test('a hostile pattern costs no time', () => {
  const started = performance.now();
  expect(matches(`${'*a'.repeat(150)}b`, 'a'.repeat(10_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(200);
});

test('every level must allow a model and a purpose, and the least bound on tokens holds', () => {
  const team = groupOf('team', { rules: { models: ['gpt-4*'], purposes: ['chat'], maxTokens: 10 } });
  const caller = keyCaller({ models: ['gpt-*'], maxTokens: 20 }, [team]);
  expect(['gpt-4o', 'gpt-3', 'o1'].map((model) => mayUse(caller, model))).toEqual([true, false, false]);
  expect([mayDo(caller, 'chat'), mayDo(caller, 'embedding')]).toEqual([true, false]);
  expect(mostTokens(caller)).toBe(10);
});

test('without rules everything is allowed', () => {
  expect([mayUse({ type: 'master' }, 'x'), mayDo(keyCaller(), 'rerank')]).toEqual([true, true]);
  expect(mostTokens(keyCaller())).toBeUndefined();
});
