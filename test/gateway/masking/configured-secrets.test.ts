import { expect, test } from 'vitest';
import { loadCatalog } from '../../../shared/catalog/load.ts';
import { configuredSecrets } from '../../../shared/gateway/masking/configured-secrets.ts';

const secretsOf = (provider: object): string[] =>
  configuredSecrets(
    loadCatalog({ providers: { p: { baseUrl: 'https://api.example.com/v1', auth: 'none', ...provider } } }).config,
  );

const TOKEN = '3f9a8b7c6d5e4f3a2b1c';

test.each([
  [{ 'x-api-key': 'zq7Vault-9f83' }, ['zq7Vault-9f83']],
  [{ Authorization: `Bearer ${TOKEN}` }, [TOKEN]],
  [{ 'proxy-authorization': `Basic ${btoa('team:pa:ss')}` }, [btoa('team:pa:ss'), 'pa:ss']],
  [{ cookie: `session=${TOKEN}; theme=dark` }, [TOKEN]],
  [{ 'x-team': TOKEN }, [TOKEN]],
  [{ 'openai-organization': 'org-3f9a8b7c6d5e4f3a' }, ['org-3f9a8b7c6d5e4f3a']],
])('of the headers %j these are secret: %j', (headers, secrets) => {
  expect(secretsOf({ headers })).toEqual(secrets);
});

test('what headers say in words, versions, dates and addresses is no secret', () => {
  const headers = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'interleaved-thinking-2025-05-14,fine_grained_tool_streaming_2025_05_14',
    'http-referer': 'https://gateway.example.com/team',
    'x-title': 'The gateway of our team',
    'x-region': 'eu-central-1',
  };
  expect(secretsOf({ headers })).toEqual([]);
});

test('of a query and of an address the secret parts are found too', () => {
  expect(secretsOf({ query: `api-version=2024-10-21-preview&subscription-key=abc%2F123&sig=${TOKEN}` })).toEqual([
    'abc/123',
    TOKEN,
  ]);
  expect(secretsOf({ baseUrl: 'https://team:pa%3Ass@api.example.com/v1' })).toEqual(['pa:ss']);
});
