import { defined } from '../chat/defined.ts';
import type { Traits } from '../dialects/traits.ts';
import { abilitiesOf } from '../providers/abilities.ts';
import { traitsOfModel } from '../providers/model-traits.ts';
import type { Catalog, CatalogProvider, ConfiguredProvider, Target } from './catalog.ts';
import { asObject, namesIn, readDescribers } from './describers.ts';
import { didYouMean } from './nearest.ts';
import { namesBelow } from './own-keys.ts';
import { type Environment, readProvider } from './read-provider.ts';
import type { GatewayConfig } from './schema.ts';
import { readShape, type Shaped } from './shape.ts';
import { problemsOfModelTraits, traitsFor } from './traits.ts';

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

/**
 * Checks a configuration as a whole and makes a catalog of it. Throws a `ConfigurationError` that lists every mistake. Parameters
 * that the configuration does not set come from the environment (the AWS region that a function runs in).
 */
export function loadCatalog(definition: unknown, environment: Environment = process.env): Catalog {
  const { config, leftOut, problems } = readShape(definition);
  if (!config) throw new ConfigurationError(problems);
  const providers = readProviders(config, environment, problems);
  const unsure = new Set<string>();
  const targets = resolver({ config, providers, problems, leftOut, unsure });
  const resolved = new Map(Object.keys(config.models).map((name) => [name, targets(name, `models.${name}`)]));
  const fallback = config.defaultModel === undefined ? undefined : targets(config.defaultModel, 'defaultModel');
  for (const [name, own] of Object.entries(config.models)) {
    const { traits = {}, vision } = asObject(own);
    const all = resolved.get(name)!.flatMap((target) => [target, ...target.endpoints]);
    if (!unsure.has(`models.${name}`)) problems.push(...problemsOfModelTraits(traits, all, `models.${name}.traits`));
    if (vision !== undefined && seesAlways(resolved.get(name)!)) {
      problems.push(
        `models.${name}.vision: has no effect, since the model sees (\`sees: false\` says that it does not)`,
      );
    }
  }
  const describers = readDescribers(config, targets, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const byFullName = remembered((name) => fullName(name, providers, config));
  const known = (name: string): Target[] | undefined =>
    resolved.get(name) ?? (config.closed ? undefined : byFullName(name));
  return {
    config,
    providers,
    resolve: (name) => known(name) ?? fallback,
    targetOf: (provider, model) => fullName(`${provider}/${model}`, providers, config)?.[0],
    describersOf: (name) => describers(known(name) ? name : config.defaultModel),
    knows: (name) => known(name) !== undefined,
    longestMs: longestMs([...resolved.values(), ...singles(providers)], config),
    models: [...resolved].map(([id, [first]]) => ({ id, provider: first!.provider.name })),
  };
}

/** Whether images are never described: one target takes them in every request, with tools and without. */
const seesAlways = (targets: readonly Target[]): boolean =>
  targets.some(({ abilities }) => abilities.sees && abilities.tools);

type Providers = ReadonlyMap<string, ConfiguredProvider>;
type Targets = readonly Pick<Target, 'provider'>[];

const singles = (providers: Providers): Targets[] => [...providers.values()].map((provider) => [{ provider }]);

function longestMs(plans: readonly Targets[], { vision, models }: GatewayConfig): number {
  const sums = plans.map((plan) => plan.reduce((sum, { provider }) => sum + provider.timeouts.totalMs, 0));
  const describes = vision.describer !== undefined || Object.values(models).some((own) => asObject(own).vision);
  return Math.max(...sums) + (describes ? vision.timeoutMs : 0);
}

function readProviders(config: GatewayConfig, environment: Environment, problems: string[]): Providers {
  const read = Object.entries(config.providers).map(([name, own]) =>
    readProvider({ name, own, config, environment, problems }),
  );
  const keyNames = read.map(({ keyName }) => keyName);
  return new Map(
    read.map((provider) => {
      const longerKeyNames = namesBelow(provider.keyName, keyNames);
      const endpoints = provider.endpoints.map((endpoint) => ({ ...endpoint, longerKeyNames }));
      return [provider.name, { ...provider, longerKeyNames, endpoints }];
    }),
  );
}

const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 200;

/** The same few names come again and again; a caller may make up as many others as it likes. */
function remembered(read: (name: string) => Target[] | undefined): (name: string) => Target[] | undefined {
  const found = new Map<string, Target[]>();
  return (name) => {
    const before = found.get(name);
    if (before) return before;
    const targets = read(name);
    if (!targets || name.length > LONGEST_REMEMBERED) return targets;
    if (found.size >= MOST_REMEMBERED) found.clear();
    found.set(name, targets);
    return targets;
  };
}

/** `<provider>/<model id>`; the id may have slashes of its own. */
function fullName(name: string, providers: Providers, config: GatewayConfig): Target[] | undefined {
  const slash = name.indexOf('/');
  const provider = slash < 1 ? undefined : providers.get(name.slice(0, slash));
  const model = name.slice(slash + 1);
  if (!provider || model === '') return undefined;
  const own = config.providers[provider.name]?.traits;
  const serving = provider.endpoints.filter(({ models }) => models?.test(model) ?? true);
  const endpoints = serving.map((endpoint) => targetAt(endpoint, model, traitsFor(endpoint.dialect.name, own ?? {})));
  return [{ ...targetAt(provider, model, own), endpoints }];
}

/** The order of precedence: the configuration, then what is known by the model's name, then the preset. */
function targetAt(provider: CatalogProvider, model: string, own: Traits | undefined): Target {
  const traits: Traits = { ...provider.traits, ...traitsFor(provider.dialect.name, traitsOfModel(model)), ...own };
  return { provider, model, traits, abilities: abilitiesOf(traits.baseModel ?? model), endpoints: [] };
}

interface Resolving {
  config: GatewayConfig;
  providers: Providers;
  problems: string[];
  leftOut: Shaped['leftOut'];
  /** Places with a name that was left out: not all of their targets are known. */
  unsure: Set<string>;
}

/** Follows aliases to targets; a name that stands for no target, or for itself in a circle, is a problem. */
function resolver({ config, providers, problems, leftOut, unsure }: Resolving) {
  function resolve(name: string, where: string, seen: readonly string[] = []): Target[] {
    const own = Object.hasOwn(config.models, name) ? config.models[name] : undefined;
    // A model that lists its own full name means the provider's model, not itself.
    const direct = own === undefined || seen.at(-1) === name ? fullName(name, providers, config) : undefined;
    if (direct) return direct;
    if (own === undefined) {
      const [provider = '', ...model] = name.split('/');
      if (leftOut.models.has(name) || leftOut.providers.has(provider)) {
        unsure.add(where);
        return [];
      }
      const full = model.length === 0 ? [] : [...providers.keys()].map((known) => [known, ...model].join('/'));
      const hint = didYouMean(
        name,
        [...Object.keys(config.models), ...full].filter((known) => known !== seen.at(-1)),
      );
      problems.push(
        `${where}: '${name}' is neither a model of this configuration nor <provider>/<model id> with a known provider${hint}`,
      );
      return [];
    }
    if (seen.includes(name)) {
      problems.push(`${where}: the aliases go in a circle: ${[...seen, name].join(' → ')}`);
      return [];
    }
    const { targets = name, traits = {}, contextLength, maxOutputTokens, thinks, ...rest } = asObject(own);
    const { vision: _, displayName: __, ...abilities } = rest;
    const said = defined({ contextLength, maxOutputTokens, thinks, sees: rest.sees, tools: rest.tools });
    const found = namesIn(targets).flatMap((next) => resolve(next, where, [...seen, name]));
    const over = (target: Target): Target => ({
      ...target,
      traits: { ...target.traits, ...traitsFor(target.provider.dialect.name, traits) },
      abilities: { ...(traits.baseModel ? abilitiesOf(traits.baseModel) : target.abilities), ...defined(abilities) },
      said: { ...target.said, ...said },
      endpoints: target.endpoints.map(over),
    });
    return found.map(over);
  }
  return resolve;
}
