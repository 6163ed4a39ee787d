import type { Catalog, CatalogProvider } from '../catalog/catalog.ts';
import { takesKey } from '../catalog/own-keys.ts';
import { GatewayError } from '../errors.ts';

/**
 * Refuses provider keys of a key or group that the gateway would not send to those providers. It checks them again at each request:
 * what is stored may be older than the configuration.
 */
export function checkProviderKeys(
  { providerKeys }: { providerKeys?: Readonly<Record<string, string>> | null | undefined },
  { providers }: Pick<Catalog, 'providers'>,
): void {
  for (const [name, key] of Object.entries(providerKeys ?? {})) {
    const param = `providerKeys.${name}`;
    const wrong = problemOf(providers.get(name), name, key);
    if (wrong) throw new GatewayError('unprocessable', `${param}: ${wrong}`, { param, code: 'no_such_provider_key' });
  }
}

function problemOf(provider: CatalogProvider | undefined, name: string, key: string): string | undefined {
  if (!provider) return `there is no provider '${name}'.`;
  const { keyName } = provider;
  if (keyName === undefined) return `'${name}' is asked without a key.`;
  return takesKey(provider, key)
    ? undefined
    : `'${key}' is no key for '${name}'; name one that begins with '${keyName}_'.`;
}
