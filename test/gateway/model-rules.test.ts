import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { checkModel } from '../../shared/gateway/model-rules.ts';
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
