import { expect, test } from 'vitest';
import { welcome } from '../../infra/local/welcome.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';

const printed = (models: Record<string, string | string[]>, env: Record<string, string>) =>
  welcome(
    {
      url: 'http://127.0.0.1:1',
      masterKey: 'sk-mine',
      catalog: loadCatalog({ providers: { openai: {}, groq: {}, ollama: {} }, models }),
    },
    env,
  );

test('a model is marked by the keys without which none of its targets can be asked', () => {
  const models = {
    a: 'openai/a',
    either: ['openai/a', 'groq/b'],
    local: 'ollama/c',
    again: 'either',
    mixed: ['openai/a', 'ollama/c'],
  };
  expect(printed(models, {})).toContain(`
  models     a        needs OPENAI_API_KEY
             either   needs OPENAI_API_KEY or GROQ_API_KEY
             local
             again    needs OPENAI_API_KEY or GROQ_API_KEY
             mixed
`);
  expect(printed(models, { GROQ_API_KEY: 'x' })).toContain(`
  models     a   needs OPENAI_API_KEY
             either
             local
             again
             mixed
  providers  groq, ollama `);
});

test('the curl line asks a model that can be asked', () => {
  expect(printed({ a: 'openai/a', local: 'ollama/c' }, {})).toContain('"model":"local"');
});

test('of very many models the rest is counted', () => {
  const models = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`m${at}`, 'ollama/c']));
  expect(printed(models, {})).toMatch(/ m39\n {13}and 10 more\n/);
});
