import type { ProviderDialect } from '../dialects/dialect.ts';
import { checkModelName, pathSegment, unknownModel } from '../dialects/model-path.ts';
import type { Traits } from '../dialects/traits.ts';
import type { Abilities } from '../providers/abilities.ts';
import type { Auth } from '../providers/provider.ts';
import type { ModelFacts } from './model-facts.ts';
import type { GatewayConfig, Timeouts } from './schema.ts';

/** The checked configuration, as requests use it. */
export interface Catalog {
  config: GatewayConfig;
  providers: ReadonlyMap<string, ConfiguredProvider>;
  /** The targets that a caller's name stands for; undefined where it is unknown and no default is set. */
  resolve(name: string): Target[] | undefined;
  /** A provider's own model, whether callers may name it so or not; undefined where the provider is unknown. */
  targetOf(provider: string, model: string): Target | undefined;
  /** Describers of images for the models behind a name, in the order they are asked; undefined where none are set. */
  describersOf(name: string): readonly Describer[] | undefined;
  /** Whether a name is served as itself, not by the default model. */
  knows(name: string): boolean;
  /**
   * The longest time that a request may need: each target of a name asked in turn up to its total time-out, after the
   * description of images. A plan is known only when the body is read, and reading must be bounded too.
   */
  longestMs: number;
  /** Names in `models`, with the provider each asks first. */
  models: readonly ListedModel[];
}

export interface ListedModel {
  id: string;
  provider: string;
}

/** A provider as the configuration describes it, at one of its addresses. */
export interface CatalogProvider {
  name: string;
  dialect: ProviderDialect;
  baseUrl: string;
  path: string | undefined;
  query: string | undefined;
  auth: Auth;
  /** For `aws`: the region and service that calls are signed for. */
  signing: { region: string; service: string } | undefined;
  /** Name of its key; undefined where none is needed. */
  secret: string | undefined;
  /** What the names of own keys for it begin with, see `takesKey`: its key's, also where its calls are signed instead. */
  keyName: string | undefined;
  /** Names of other providers' keys that begin so too. */
  longerKeyNames: readonly string[];
  headers: Readonly<Record<string, string>>;
  traits: Traits;
  /** Its own time-outs, each filled from the configuration's general ones; `totalMs` holds for one call of this provider. */
  timeouts: Timeouts;
}

/** A provider with all its addresses. */
export interface ConfiguredProvider extends CatalogProvider {
  /** Where it is asked in other dialects; each is called by the provider's name and with its key. */
  endpoints: readonly CatalogEndpoint[];
}

export interface CatalogEndpoint extends CatalogProvider {
  /** Names of the models that it serves; all of the provider's unless given. */
  models: RegExp | undefined;
}

/** A provider and its own id of a model. */
export interface Target {
  provider: CatalogProvider;
  model: string;
  /** The model that a caller's own inference profile stands for, where `model` is such a profile. */
  profileOf?: string;
  traits: Traits;
  abilities: Abilities;
  /** What the configuration says of it; absent where it says nothing. */
  said?: ModelFacts;
  /** The same model at the provider's other endpoints. */
  endpoints: readonly Target[];
}

/** A model that describes images: its name in the configuration, and its targets. */
export interface Describer {
  name: string;
  targets: readonly Target[];
}

/** A target as callers of a dialect are served: at the provider's endpoint in their dialect, where the model has one. */
export function endpointFor(target: Target, dialect: string | undefined): Target {
  if (target.provider.dialect.name === dialect) return target;
  return target.endpoints.find(({ provider }) => provider.dialect.name === dialect) ?? target;
}

/** The address of a call to a target: for a conversation, or at `ownPath` for anything else. */
export function urlOf(target: Target, stream: boolean, ownPath?: string): string {
  const { provider, model } = target;
  checkModelName(model);
  const path = ownPath ?? chatPathOf(target) ?? provider.dialect.path({ model, stream });
  const url = provider.baseUrl + path;
  // The last look before the key is added, whatever made the path.
  if (!isUnder(provider.baseUrl, url)) throw unknownModel(model);
  if (!provider.query) return url;
  return `${url}${path.includes('?') ? '&' : '?'}${provider.query}`;
}

/** The path that the configuration gives for a target's conversations, where it gives one. */
export const chatPathOf = ({ provider, model }: Pick<Target, 'provider' | 'model'>): string | undefined =>
  provider.path?.replaceAll('{model}', () => pathSegment(model));

/** What an HTTP client reads as it is written: no dot segments, no backslashes, nothing outside ASCII. */
const plainPath = /^(?:\/(?!\.|%2e)[\w~:@,;=+$!*'()%.-]*)+(?:\?[\w~:@,;=+$!*'()%./?&-]*)?$/i;

/** Whether an address is of the same origin as a base and under its path, once it is read as an HTTP client reads it. */
export function isUnder(baseUrl: string, address: string): boolean {
  if (address.startsWith(baseUrl) && plainPath.test(address.slice(baseUrl.length))) return true;
  if (!URL.canParse(address)) return false;
  const base = new URL(baseUrl);
  const url = new URL(address);
  return url.origin === base.origin && url.pathname.startsWith(base.pathname.replace(/\/?$/, '/'));
}
