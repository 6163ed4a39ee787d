import { defined } from '../chat/defined.ts';
import { anyEndpoint, type EndpointDialect, endpointDialects } from '../providers/endpoints.ts';
import type { Provider, ProviderEndpoint } from '../providers/provider.ts';
import type { ProviderConfig } from './schema.ts';

/** An endpoint of a provider before its address is filled in. */
export interface OpenEndpoint extends ProviderEndpoint {
  baseUrl: string;
}

/**
 * The endpoints of a provider besides its own API: those of its preset and of the configuration. A provider that is asked at another
 * address than the preset's keeps those that were at the same address, and loses the others: where they are is not known.
 */
export function readEndpoints(
  preset: Provider,
  { baseUrl, dialect, endpoints: own = {} }: Pick<ProviderConfig, 'baseUrl' | 'dialect' | 'endpoints'>,
  { where, problems }: { where: string; problems: string[] },
): OpenEndpoint[] {
  // All callers are served there.
  if (dialect !== undefined) {
    if (Object.keys(own).length > 0) problems.push(`${where}.endpoints: has no effect beside dialect: '${dialect}'`);
    return [];
  }
  const known = (preset.endpoints ?? []).flatMap((endpoint): OpenEndpoint[] => {
    const base = baseUrl === undefined || endpoint.baseUrl !== preset.baseUrl ? endpoint.baseUrl : baseUrl;
    if (base === undefined || (baseUrl !== undefined && base !== baseUrl)) return [];
    return [{ ...endpoint, baseUrl: base }];
  });
  const byDialect = new Map<string, OpenEndpoint>(known.map((endpoint) => [endpoint.dialect.name, endpoint]));
  for (const name of endpointDialects) {
    const given = own[name];
    if (given === undefined) continue;
    const at = `${where}.endpoints.${name}`;
    if (name === preset.dialect.name) problems.push(`${at}: is what the provider itself speaks`);
    else if (given === false) remove(name, at);
    else add(name, given, at);
  }

  function remove(name: EndpointDialect, at: string): void {
    if (!byDialect.delete(name)) problems.push(`${at}: has no effect, since the provider has no such endpoint`);
  }

  function add(
    name: EndpointDialect,
    given: Exclude<NonNullable<typeof own>[EndpointDialect], false | undefined>,
    at: string,
  ): void {
    const usual = byDialect.get(name) ?? presetEndpoint(preset, name) ?? anyEndpoint(name);
    const base = given.baseUrl ?? byDialect.get(name)?.baseUrl;
    if (base === undefined) problems.push(`${at}: needs a baseUrl`);
    else
      byDialect.set(name, {
        ...usual,
        ...defined({ path: given.path }),
        baseUrl: base,
        traits: { ...usual.traits, ...given.traits },
      });
  }
  return [...byDialect.values()];
}

const presetEndpoint = (preset: Provider, name: EndpointDialect): ProviderEndpoint | undefined =>
  preset.endpoints?.find(({ dialect }) => dialect.name === name);

/** A preset as all its callers see it where the configuration says in which of its dialects it is asked. */
export function inDialect(preset: Provider, dialect: string | undefined, where: string, problems: string[]): Provider {
  if (dialect === undefined || dialect === preset.dialect.name) return preset;
  const found = preset.endpoints?.find((endpoint) => endpoint.dialect.name === dialect);
  if (found) {
    const { models: _, ...endpoint } = found;
    return { ...endpoint, parameters: { ...preset.parameters, ...endpoint.parameters } };
  }
  const spoken = [preset, ...(preset.endpoints ?? [])].map(({ dialect: { name } }) => name);
  problems.push(`${where}.dialect: it speaks ${spoken.join(', ')}`);
  return preset;
}
