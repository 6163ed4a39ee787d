import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { rememberKeys } from '../../shared/gateway/known-keys.ts';
import type { CredentialPorts } from '../../shared/upstream/credentials.ts';

/** What is masked of a message once the key of this name was used. */
async function masked(key: string, message: string): Promise<string> {
  const given: CredentialPorts = {
    providerKey: async () => key,
    serviceAccountTokens: async () => ({ token: 'ya-Token-0123456789' }),
  };
  const keys = rememberKeys(given);
  await keys.ports.providerKey('KEY');
  await keys.ports.serviceAccountTokens(key, 'KEY');
  return keys.masked(new GatewayError('invalid_request', message)).message;
}

const KEY = 'zq7Vault9f83kLmN0pQrStail55';

test.each([
  [`bad key ${KEY}.`, 'bad key ***.'],
  [`bad key ${KEY.toUpperCase()}.`, 'bad key ***.'],
  [`bad key ${KEY.slice(0, 8)}...${KEY.slice(-8)}`, 'bad key ***...***'],
  [`bad key ${KEY.slice(5, 15)}`, 'bad key ***'],
  ['bad token ya-Token-0123456789', 'bad token ***'],
  ['the vault is closed', 'the vault is closed'],
])('of a message with pieces of a key, %s, only the pieces are masked', async (message, expected) => {
  expect(await masked(KEY, message)).toBe(expected);
});

test('a key that is an ordinary word is masked where it stands alone', async () => {
  expect(await masked('ollama', 'ollama is no key, ollamas are')).toBe('*** is no key, ollamas are');
  expect(await masked('x', 'x is x')).toBe('x is x');
});

test('of a key file what is secret is masked, and not what every key file says', async () => {
  const file = JSON.stringify({
    type: 'service_account',
    private_key: 'MIIEvQ-0123456789',
    client_email: 'a@b.example.com',
  });
  expect(await masked(file, 'service_account a@b.example.com MIIEvQ-0123456789')).toBe('service_account *** ***');
});
