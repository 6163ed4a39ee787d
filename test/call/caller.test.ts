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

test('an own key of a key stands before its group’s, and takes the place of a signature', () => {
  const catalog = loadCatalog({ providers: { openai: {}, bedrock: {} } });
  const target = (name: string) => catalog.resolve(`${name}/m`)![0]!;
  const caller = keyCaller(undefined, [groupOf('a', { providerKeys: { openai: 'TEAM', bedrock: 'TEAM' } })]);
  const own = { ...caller, key: { ...caller.key, providerKeys: { openai: 'OWN' } } };
  expect(targetFor(own, target('openai')).provider.secret).toBe('OWN');
  expect(target('bedrock').provider.signing).toBeDefined();
  expect(targetFor(own, target('bedrock')).provider).toMatchObject({
    secret: 'TEAM',
    auth: 'bearer',
    signing: undefined,
  });
});

test('an inference profile takes the place of the model, which stays known', () => {
  const catalog = loadCatalog({
    providers: { bedrock: {} },
    models: { m: { targets: 'bedrock/a', traits: { baseModel: 'b' } } },
  });
  const caller = keyCaller(undefined, [groupOf('g', { inferenceProfiles: { 'bedrock/a': 'arn:x' } })]);
  const [plain, named] = [catalog.resolve('bedrock/a')![0]!, catalog.resolve('m')![0]!];
  expect(targetFor(caller, plain)).toMatchObject({ model: 'arn:x', profileOf: 'a', traits: { baseModel: 'a' } });
  expect(targetFor(caller, named)).toMatchObject({ model: 'arn:x', profileOf: 'a', traits: { baseModel: 'b' } });
  for (const name of ['bedrock/other', 'bedrock/constructor']) {
    const other = catalog.resolve(name)![0]!;
    expect(targetFor(caller, other)).toBe(other);
  }
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
