import type { Catalog, CatalogProvider } from '../catalog/catalog.ts';
import { takesKey } from '../catalog/own-keys.ts';
import { GatewayError } from '../errors.ts';

interface OfProviders {
  providerKeys?: Readonly<Record<string, string>> | null | undefined;
  inferenceProfiles?: Readonly<Record<string, string>> | null | undefined;
}

/**
 * Refuses provider keys of a key or group that the gateway would not send to those providers, and inference profiles for providers
 * that are not there. The gateway checks again at each request: what is stored may be older than the configuration.
 */
export function checkProviderFields(
  { providerKeys, inferenceProfiles }: OfProviders,
  { providers }: Pick<Catalog, 'providers'>,
): void {
  for (const [name, key] of Object.entries(providerKeys ?? {})) {
    const wrong = problemOf(providers.get(name), name, key);
    if (wrong) throw refusal(`providerKeys.${name}`, wrong, 'no_such_provider_key');
  }
  for (const target of Object.keys(inferenceProfiles ?? {})) {
    const name = target.slice(0, target.indexOf('/'));
    if (!providers.has(name)) throw refusal(`inferenceProfiles.${target}`, noProvider(name), 'no_such_provider');
  }
}

const refusal = (param: string, wrong: string, code: string): GatewayError =>
  new GatewayError('unprocessable', `${param}: ${wrong}`, { param, code });

const noProvider = (name: string): string => `there is no provider '${name}'.`;

function problemOf(provider: CatalogProvider | undefined, name: string, key: string): string | undefined {
  if (!provider) return noProvider(name);
  const { keyName } = provider;
  if (keyName === undefined) return `'${name}' is asked without a key.`;
  return takesKey(provider, key)
    ? undefined
    : `'${key}' is no key for '${name}'; name one that begins with '${keyName}_'.`;
}
