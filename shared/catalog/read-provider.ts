import { defined } from '../chat/defined.ts';
import { pathSegment } from '../dialects/model-path.ts';
import type { EndpointDialect } from '../providers/endpoints.ts';
import type { Provider } from '../providers/provider.ts';
import { presetNames, presetOf, presets } from '../providers/registry.ts';
import { type CatalogEndpoint, type CatalogProvider, type ConfiguredProvider, isUnder } from './catalog.ts';
import { didYouMean } from './nearest.ts';
import { inDialect, readEndpoints } from './read-endpoints.ts';
import { type GatewayConfig, httpUrl, type Timeouts, urlQuery } from './schema.ts';
import { problemsOfProviderTraits, traitsFor } from './traits.ts';

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
export function readProvider(reading: Reading): ConfiguredProvider {
  const { name, own, environment, problems } = reading;
  const where = `providers.${name}`;
  const presetName = own.preset ?? name;
  const preset = inDialect(presetOf(presetName), own.dialect, where, problems);
  const parameters = { ...preset.parameters, ...fromEnvironment(preset, environment), ...own.parameters };
  const template = own.baseUrl ?? preset.baseUrl ?? '';
  const known = own.preset !== undefined || Object.hasOwn(presets, name);
  const hint = known ? '' : didYouMean(name, presetNames);
  if (template === '') {
    problems.push(`${where}: ${known ? `'${presetName}'` : 'a provider without a preset'} needs a baseUrl${hint}`);
  }
  const templates = [template, ...(own.query === undefined ? [preset.query ?? ''] : [])];
  const auth = own.auth ?? preset.auth;
  problems.push(...unusedParameters(own.parameters ?? {}, templates, auth).map((text) => `${where}.${text}`));
  const path = own.path ?? preset.path;
  const main = readFace(
    { ...preset, ...defined({ path }), baseUrl: template },
    {
      ...reading,
      where,
      parameters,
      // Of a mistyped preset all else is wrong too.
      problems: template === '' && hint !== '' ? [] : problems,
    },
  );
  const traits = own.traits ?? {};
  problems.push(...problemsOfProviderTraits(traits, main.traits, preset.dialect.name, `${where}.traits`));
  const endpoints = readEndpoints(preset, own, { where, problems }).map((endpoint): CatalogEndpoint => {
    const { name: dialect } = endpoint.dialect;
    const at = `${where}.endpoints.${dialect}`;
    const ownTraits = { ...endpoint.traits, ...traitsFor(dialect, traits) };
    problems.push(...problemsOfProviderTraits(endpoint.traits ?? {}, ownTraits, dialect, `${at}.traits`));
    const isBeside = endpoint.baseUrl === template;
    // Of an address that the preset knows, the provider's own says the same.
    const said = own.endpoints?.[dialect as EndpointDialect] ? problems : [];
    const face = readFace(endpoint, { ...reading, where: at, parameters, isBeside, problems: said });
    return { ...face, traits: ownTraits, models: endpoint.models };
  });
  return { ...main, endpoints };
}

interface FaceReading extends Reading {
  where: string;
  parameters: Parameters;
  /** False at another address than the provider's own, whose query it does not have. */
  isBeside?: boolean;
}

/** One API of a provider. */
function readFace(
  preset: Provider & { baseUrl: string },
  { name, own, config, where, parameters, problems, isBeside = true }: FaceReading,
): CatalogProvider {
  const baseUrl = fill(preset.baseUrl, parameters, where, problems).replace(/(?<!\/)\/+$/, '');
  const auth = own.auth ?? preset.auth;
  const keyless = auth === 'none' || auth === 'aws';
  const keyName = auth === 'none' ? undefined : (own.secret ?? preset.secret);
  const secret = keyless ? undefined : keyName;
  if (!keyless && secret === undefined) {
    problems.push(`${where}.secret: name the key this provider is called with (or set auth to 'none')`);
  }
  const { path } = preset;
  const ownQuery = isBeside ? own.query : undefined;
  const query = ownQuery ?? (preset.query && fill(preset.query, parameters, where, problems));
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
    traits: { ...preset.traits, ...own.traits },
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
