import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { checkModel, checkOtherModels } from '../../shared/gateway/model-rules.ts';
import { keyCaller } from '../support/callers.ts';

const providers = { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } };
const models = { 'gpt-a': 'p/a', dear: 'p/dear' };

describe('whether a caller may use a model', () => {
  test.each([
    ['a listed model', 'gpt-a', ['gpt-*'], true],
    ['an unknown name', 'gpt-zzz', ['gpt-*'], false],
    ['an unknown name where the default model is allowed by its name', 'gpt-zzz', ['gpt-*', 'dear'], true],
    ['the default model where only its target is allowed', 'gpt-zzz', ['gpt-*', 'p/dear'], false],
    ['a full name', 'p/b', ['p/*'], true],
  ])('%s (%s by the rule %j): %s', (_, name, allowed, isAllowed) => {
    const catalog = loadCatalog({ providers, models, defaultModel: 'dear' });
    const check = () => checkModel(keyCaller({ models: [...allowed] }), name, catalog);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ kind: 'model_not_found' }));
  });

  test('without a default model an unknown name is left to the plan, which says what is there', () => {
    const catalog = loadCatalog({ providers, models });
    expect(() => checkModel(keyCaller({ models: ['gpt-*'] }), 'gpt-zzz', catalog)).not.toThrow();
  });
});

describe('models that a request names beside its own', () => {
  const definition = { providers: { ...providers, q: providers.p }, models: { ...models, both: ['p/a', 'q/a'] } };
  const check = (body: object, { allowed = ['gpt-*'], own = 'gpt-a', closed = false } = {}) =>
    checkOtherModels(keyCaller({ models: allowed }), { ...body }, own, loadCatalog({ ...definition, closed }));

  test('are allowed by their full name, or behind a listed model that is', () => {
    expect(() => check({ models: ['b'] }, { allowed: ['gpt-a', 'p/b'] })).not.toThrow();
    expect(() => check({ models: ['dear'] }, { allowed: ['gpt-a', 'dear'] })).not.toThrow();
    expect(() => check({ models: ['a'], fallbacks: [{ model: 'a' }] })).not.toThrow();
  });

  test.each<[string, object, object]>([
    ['another model', { models: ['a', 'dear'] }, {}],
    ["one whose name at the provider only looks like the rule's", { models: ['gpt-9'] }, {}],
    ['one of a hosted tool', { tools: [{ type: 'advisor', model: 'dear' }] }, {}],
    ['one that one of two providers would be asked for', { models: ['b'] }, { own: 'both', allowed: ['both', 'p/*'] }],
    ['a full name where those are not served', { models: ['b'] }, { allowed: ['gpt-a', 'p/b'], closed: true }],
  ])('are refused as the one of the request would be: %s', (_, body, options) => {
    expect(() => check(body, options)).toThrow(
      expect.objectContaining({ kind: 'model_not_found', param: Object.keys(body)[0] }),
    );
  });

  test('are refused where the provider would choose them', () => {
    for (const field of ['preset', 'route'])
      expect(() => check({ [field]: 'x' })).toThrow(expect.objectContaining({ kind: 'forbidden', param: field }));
  });

  test('are refused where a name has the provider apply a preset, unless the owner listed it', () => {
    const preset = 'p/a@preset/mine';
    const refused = (field: string) => expect.objectContaining({ kind: 'forbidden', param: field });
    expect(() => check({}, { allowed: ['p/*'], own: preset })).toThrow(refused('model'));
    expect(() => check({ models: ['a@preset/mine'] }, { allowed: ['gpt-*', 'p/*'] })).toThrow(refused('models'));
    const listed = loadCatalog({ ...definition, models: { [preset]: 'p/a', short: preset } });
    for (const name of [preset, 'short'])
      expect(() => checkOtherModels(keyCaller({ models: [name] }), {}, name, listed)).not.toThrow();
  });

  test('are not looked at for a caller without a rule', () => {
    const catalog = loadCatalog(definition);
    const body = { models: ['dear'], preset: 'x' };
    for (const caller of [keyCaller({ maxTokens: 5 }), { type: 'master' } as const])
      expect(() => checkOtherModels(caller, body, 'gpt-a', catalog)).not.toThrow();
  });

  test('are at most a hundred', () => {
    const list = Array.from({ length: 101 }, (_, at) => `m${at}`);
    expect(() => check({ models: list })).toThrow(expect.objectContaining({ kind: 'invalid_request' }));
  });
});
