import { expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { takesKey } from '../../shared/catalog/own-keys.ts';

const { providers } = loadCatalog({
  providers: {
    openai: {},
    eu: { preset: 'openai', secret: 'OPENAI_API_KEY_EU' },
    again: { preset: 'openai' },
    bedrock: {},
    open: { baseUrl: 'http://127.0.0.1:9', auth: 'none' },
    signed: { baseUrl: 'http://127.0.0.1:9', auth: 'aws', parameters: { region: 'r', service: 's' } },
  },
});

test.each<[string, string, boolean]>([
  ['openai', 'OPENAI_API_KEY', true],
  ['openai', 'OPENAI_API_KEY_TEAM_A', true],
  ['openai', 'OPENAI_API_KEY_EUROPE', true],
  ['again', 'OPENAI_API_KEY_TEAM_A', true],
  ['openai', 'OPENAI_API_KEY_EU', false],
  ['openai', 'OPENAI_API_KEY_EU_TEAM_A', false],
  ['eu', 'OPENAI_API_KEY_EU_TEAM_A', true],
  ['eu', 'OPENAI_API_KEY_TEAM_A', false],
  ['openai', 'ANTHROPIC_API_KEY', false],
  ['openai', 'MASTER_KEY', false],
  ['openai', 'OPENAI_API_KEY_', false],
  ['openai', 'OPENAI_API_KEYS', false],
  ['openai', '', false],
  ['openai', 'OPENAI_API_KEY_TEAM\n', false],
  ['bedrock', 'AWS_BEARER_TOKEN_BEDROCK_TEAM_A', true],
  ['bedrock', 'AWS_SECRET_ACCESS_KEY', false],
  ['open', 'MASTER_KEY', false],
  ['signed', 'MASTER_KEY', false],
])('the provider %s is asked with the key %s: %s', (provider, name, isTaken) => {
  expect(takesKey(providers.get(provider)!, name)).toBe(isTaken);
});
