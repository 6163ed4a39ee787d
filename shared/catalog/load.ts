import { defined } from '../chat/defined.ts';
import type { Traits } from '../dialects/traits.ts';
import { abilitiesOf } from '../providers/abilities.ts';
import { traitsOfModel } from '../providers/model-traits.ts';
import type { Provider } from '../providers/provider.ts';
import { presetOf, presets } from '../providers/registry.ts';
import type { Catalog, CatalogProvider, Target } from './catalog.ts';
import { asObject, namesIn, readDescribers } from './describers.ts';
import { type GatewayConfig, gatewayConfig, type Timeouts } from './schema.ts';
import { problemsOfModelTraits, problemsOfProviderTraits, traitsFor } from './traits.ts';

/** All mistakes of a configuration, each with its place. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

const defaultTimeouts: Timeouts = {
  connectMs: 5_000,
  firstEventMs: 120_000,
  replyMs: 300_000,
  idleMs: 120_000,
  totalMs: 900_000,
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks a configuration as a whole and makes a catalog of it. Throws a `ConfigurationError` that lists every mistake. Parameters
 * that the configuration does not set come from the environment (the AWS region that a function runs in).
 */
export function loadCatalog(definition: unknown, environment: Environment = process.env): Catalog {
  const parsed = gatewayConfig.safeParse(definition);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'configuration'}: ${message}`),
    );
  }
  const config = parsed.data;
  const problems: string[] = [];
  const providers = readProviders(config, environment, problems);
  const targets = resolver(config, providers, problems);
  const resolved = new Map(Object.keys(config.models).map((name) => [name, targets(name, `models.${name}`)]));
  const fallback = config.defaultModel === undefined ? undefined : targets(config.defaultModel, 'defaultModel');
  for (const [name, own] of Object.entries(config.models)) {
    problems.push(...problemsOfModelTraits(asObject(own).traits ?? {}, resolved.get(name)!, `models.${name}.traits`));
  }
  const describers = readDescribers(config, targets, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const known = (name: string): Target[] | undefined =>
    resolved.get(name) ?? (config.closed ? undefined : fullName(name, providers, config));
  return {
    config,
    providers,
    resolve: (name) => known(name) ?? fallback,
    describersOf: (name) => describers(known(name) ? name : config.defaultModel),
    knows: (name) => known(name) !== undefined,
    longestMs: longestMs([...resolved.values(), ...singles(providers)], config),
    models: [...resolved].map(([id, [first]]) => ({ id, provider: first!.provider.name })),
  };
}

type Providers = ReadonlyMap<string, CatalogProvider>;
type Plan = readonly Pick<Target, 'provider'>[];

const singles = (providers: Providers): Plan[] => [...providers.values()].map((provider) => [{ provider }]);

function longestMs(plans: readonly Plan[], { vision, models }: GatewayConfig): number {
  const sums = plans.map((plan) => plan.reduce((sum, { provider }) => sum + provider.timeouts.totalMs, 0));
  const describes = vision.describer !== undefined || Object.values(models).some((own) => asObject(own).vision);
  return Math.max(...sums) + (describes ? vision.timeoutMs : 0);
}

function readProviders(config: GatewayConfig, environment: Environment, problems: string[]): Providers {
  const read = Object.entries(config.providers).map(([name, own]) =>
    readProvider({ name, own, config, environment, problems }),
  );
  return new Map(read.map((provider) => [provider.name, provider]));
}

interface Reading {
  name: string;
  own: GatewayConfig['providers'][string];
  config: GatewayConfig;
  environment: Environment;
  problems: string[];
}

function readProvider({ name, own, config, environment, problems }: Reading): CatalogProvider {
  const where = `providers.${name}`;
  const presetName = own.preset ?? name;
  const preset: Provider = presetOf(presetName);
  const parameters = { ...preset.parameters, ...fromEnvironment(preset, environment), ...own.parameters };
  const baseUrl = fill(own.baseUrl ?? preset.baseUrl ?? '', parameters, where, problems);
  const known = own.preset !== undefined || Object.hasOwn(presets, name);
  if (baseUrl === '') {
    problems.push(`${where}: ${known ? `'${presetName}'` : 'a provider without a preset'} needs a baseUrl`);
  }
  problems.push(...problemsOfProviderTraits(own.traits ?? {}, preset.dialect.name, `${where}.traits`));
  const auth = own.auth ?? preset.auth;
  const keyless = auth === 'none' || auth === 'aws';
  const secret = keyless ? undefined : (own.secret ?? preset.secret);
  if (!keyless && secret === undefined) {
    problems.push(`${where}.secret: name the key this provider is called with (or set auth to 'none')`);
  }
  return {
    name,
    dialect: preset.dialect,
    baseUrl: baseUrl.replace(/(?<!\/)\/+$/, ''),
    path: own.path ?? preset.path,
    query: own.query ?? (preset.query === undefined ? undefined : fill(preset.query, parameters, where, problems)),
    auth,
    signing: auth === 'aws' ? readSigning(parameters, where, problems) : undefined,
    secret,
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
  { region = '', service = '' }: Readonly<Record<string, string>>,
  where: string,
  problems: string[],
): { region: string; service: string } {
  for (const [name, value] of Object.entries({ region, service })) {
    if (value === '') problems.push(`${where}.parameters.${name}: needed to sign calls (auth 'aws')`);
  }
  return { region, service };
}

/** Fills `{name}` from the parameters; one without a value is a mistake. */
function fill(text: string, parameters: Readonly<Record<string, string>>, where: string, problems: string[]): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name];
    if (value) return value;
    problems.push(`${where}.parameters.${name}: needed for ${text}`);
    return placeholder;
  });
}

/** `<provider>/<model id>`; the id may have slashes of its own. */
function fullName(name: string, providers: Providers, config: GatewayConfig): Target[] | undefined {
  const slash = name.indexOf('/');
  const provider = slash < 1 ? undefined : providers.get(name.slice(0, slash));
  const model = name.slice(slash + 1);
  if (!provider || model === '') return undefined;
  // The order of precedence: the configuration, then what is known by the model's name, then the preset.
  const traits: Traits = {
    ...provider.traits,
    ...traitsFor(provider.dialect.name, traitsOfModel(model)),
    ...config.providers[provider.name]?.traits,
  };
  return [{ provider, model, traits, abilities: abilitiesOf(traits.baseModel ?? model) }];
}

/** Follows aliases to targets; a name that stands for no target, or for itself in a circle, is a problem. */
function resolver(config: GatewayConfig, providers: Providers, problems: string[]) {
  function resolve(name: string, where: string, seen: readonly string[] = []): Target[] {
    const own = Object.hasOwn(config.models, name) ? config.models[name] : undefined;
    // A model that lists its own full name means the provider's model, not itself.
    const direct = own === undefined || seen.at(-1) === name ? fullName(name, providers, config) : undefined;
    if (direct) return direct;
    if (own === undefined) {
      problems.push(
        `${where}: '${name}' is neither a model of this configuration nor <provider>/<model id> with a known provider`,
      );
      return [];
    }
    if (seen.includes(name)) {
      problems.push(`${where}: the aliases go in a circle: ${[...seen, name].join(' → ')}`);
      return [];
    }
    const { targets = name, traits = {}, vision: _, ...abilities } = asObject(own);
    const found = namesIn(targets).flatMap((next) => resolve(next, where, [...seen, name]));
    return found.map((target) => ({
      ...target,
      traits: { ...target.traits, ...traitsFor(target.provider.dialect.name, traits) },
      abilities: { ...target.abilities, ...defined(abilities) },
    }));
  }
  return resolve;
}
