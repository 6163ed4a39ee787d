import { defined } from '../chat/defined.ts';
import { pathSegment } from '../dialects/model-path.ts';
import type { Provider } from '../providers/provider.ts';
import { presetOf, presets } from '../providers/registry.ts';
import { type CatalogProvider, isUnder } from './catalog.ts';
import { type GatewayConfig, httpUrl, type Timeouts, urlQuery } from './schema.ts';
import { problemsOfProviderTraits } from './traits.ts';

const defaultTimeouts: Timeouts = {
  connectMs: 5_000,
  firstEventMs: 120_000,
  replyMs: 300_000,
  idleMs: 120_000,
  totalMs: 900_000,
};

export type Environment = Readonly<Record<string, string | undefined>>;
type Parameters = Readonly<Record<string, string>>;

interface Reading {
  name: string;
  own: GatewayConfig['providers'][string];
  config: GatewayConfig;
  environment: Environment;
  problems: string[];
}

/** A provider of the configuration, over its preset. What would make every call of it fail is a problem. */
export function readProvider({ name, own, config, environment, problems }: Reading): CatalogProvider {
  const where = `providers.${name}`;
  const presetName = own.preset ?? name;
  const preset: Provider = presetOf(presetName);
  const parameters = { ...preset.parameters, ...fromEnvironment(preset, environment), ...own.parameters };
  const template = own.baseUrl ?? preset.baseUrl ?? '';
  const baseUrl = fill(template, parameters, where, problems).replace(/(?<!\/)\/+$/, '');
  const known = own.preset !== undefined || Object.hasOwn(presets, name);
  if (baseUrl === '') {
    problems.push(`${where}: ${known ? `'${presetName}'` : 'a provider without a preset'} needs a baseUrl`);
  }
  const traits = { ...preset.traits, ...own.traits };
  problems.push(...problemsOfProviderTraits(own.traits ?? {}, traits, preset.dialect.name, `${where}.traits`));
  const auth = own.auth ?? preset.auth;
  const keyless = auth === 'none' || auth === 'aws';
  const keyName = auth === 'none' ? undefined : (own.secret ?? preset.secret);
  const secret = keyless ? undefined : keyName;
  if (!keyless && secret === undefined) {
    problems.push(`${where}.secret: name the key this provider is called with (or set auth to 'none')`);
  }
  const path = own.path ?? preset.path;
  const templates = [template, ...(own.query === undefined ? [preset.query ?? ''] : [])];
  const query = own.query ?? (preset.query && fill(preset.query, parameters, where, problems));
  problems.push(...unusedParameters(own.parameters ?? {}, templates, auth).map((text) => `${where}.${text}`));
  problems.push(...wrongAddress({ baseUrl, path, query }).map((text) => `${where}${text}`));
  return {
    name,
    dialect: preset.dialect,
    baseUrl,
    path,
    query,
    auth,
    signing: auth === 'aws' ? readSigning(parameters, where, problems) : undefined,
    secret,
    keyName,
    longerKeyNames: [],
    headers: { ...preset.headers, ...own.headers },
    traits,
    timeouts: { ...defaultTimeouts, ...defined(config.timeouts), ...defined(own.timeouts ?? {}) },
  };
}

function fromEnvironment({ environment: names = {} }: Provider, environment: Environment): Record<string, string> {
  const found = Object.entries(names).map(([name, variable]) => [name, environment[variable]] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => Boolean(entry[1])));
}

function readSigning(
  { region = '', service = '' }: Parameters,
  where: string,
  problems: string[],
): { region: string; service: string } {
  for (const [name, value] of Object.entries({ region, service })) {
    if (value === '') problems.push(`${where}.parameters.${name}: needed to sign calls (auth 'aws')`);
  }
  return { region, service };
}

/** Fills `{name}` from the parameters; one without a value is a mistake. */
function fill(text: string, parameters: Parameters, where: string, problems: string[]): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name];
    if (value) return value;
    problems.push(`${where}.parameters.${name}: needed for ${text}`);
    return placeholder;
  });
}

function unusedParameters(own: Parameters, templates: readonly string[], auth: CatalogProvider['auth']): string[] {
  const used = templates.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
  if (auth === 'aws') used.push('region', 'service');
  const known = used.length === 0 ? 'it has no parameters' : `its parameters are ${[...new Set(used)].join(', ')}`;
  return Object.keys(own)
    .filter((name) => !used.includes(name))
    .map((name) => `parameters.${name}: has no effect with the address of this provider; ${known}`);
}

/** What is wrong with the address that a provider is called at, once parameters are filled in. */
function wrongAddress({ baseUrl, path, query }: Pick<CatalogProvider, 'baseUrl' | 'path' | 'query'>): string[] {
  // Missing parts, and placeholders without a value, are reported where they are missing.
  if (baseUrl === '' || /\{\w+\}/.test(baseUrl)) return [];
  if (!httpUrl.safeParse(baseUrl).success || !URL.canParse(baseUrl)) return [`.baseUrl: ${baseUrl} is no address`];
  const wrong: string[] = [];
  const example = baseUrl + (path?.replaceAll('{model}', pathSegment('model')) ?? '');
  if (path !== undefined && !isUnder(baseUrl, example)) wrong.push(`.path: ${path} leads away from ${baseUrl}`);
  if (query && !urlQuery.safeParse(query).success) wrong.push(`.query: ${query} is no query`);
  return wrong;
}
