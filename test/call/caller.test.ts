import { expect, test } from 'vitest';
import { callerId, rulesOf, targetFor } from '../../shared/call/caller.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { groupOf, keyCaller } from '../support/callers.ts';

test('a caller is called by the id of its virtual key, or by what it is', () => {
  expect(callerId(keyCaller())).toBe('key_00000001');
  expect(callerId({ type: 'master' })).toBe('master');
  expect(callerId({ type: 'anonymous' })).toBe('anonymous');
});

test('the rules of a key are its own and those of its groups, where there are any', () => {
  const groups = [groupOf('a', { rules: { maxTokens: 2 } }), groupOf('b')];
  expect(rulesOf(keyCaller({ maxTokens: 1 }, groups))).toEqual([{ maxTokens: 1 }, { maxTokens: 2 }]);
  expect(rulesOf({ type: 'master' })).toEqual([]);
});

test("a group's own key for a provider takes the place of the gateway's, for that provider alone", () => {
  const catalog = loadCatalog({
    providers: { openai: {}, anthropic: {}, open: { baseUrl: 'http://127.0.0.1:9', auth: 'none' } },
  });
  const target = (name: string) => catalog.resolve(`${name}/m`)![0]!;
  const caller = keyCaller(undefined, [groupOf('a', { providerKeys: { openai: 'TEAM_KEY', open: 'TEAM_KEY' } })]);
  expect(targetFor(caller, target('openai')).provider.secret).toBe('TEAM_KEY');
  for (const name of ['anthropic', 'open']) expect(targetFor(caller, target(name))).toEqual(target(name));
  expect(targetFor({ type: 'master' }, target('openai')).provider.secret).toBe('OPENAI_API_KEY');
});
