import type { ProviderDialect } from '../dialects/dialect.ts';
import type { Traits } from '../dialects/traits.ts';
import type { Abilities } from '../providers/abilities.ts';
import type { GatewayConfig, Timeouts } from './schema.ts';

/** The validated configuration, as requests use it. */
export interface Catalog {
  config: GatewayConfig;
  providers: ReadonlyMap<string, CatalogProvider>;
  /** What a caller's name stands for; nothing where it is unknown and no default is set. */
  resolve(name: string): Target[] | undefined;
  /** Who describes images for the models behind a name that cannot see, the first to be asked first; nothing where nobody does. */
  delegatesOf(name: string): readonly Delegate[] | undefined;
  /** Whether a name is served under itself, the default model not counted. */
  knows(name: string): boolean;
  /** Names in `models`, with the provider each asks first. */
  models: readonly ListedModel[];
}

export interface ListedModel {
  id: string;
  provider: string;
}

/** A provider as the configuration has it. */
export interface CatalogProvider {
  name: string;
  dialect: ProviderDialect;
  baseUrl: string;
  path: string | undefined;
  query: string | undefined;
  auth: 'bearer' | 'api-key' | 'x-api-key' | 'x-goog-api-key' | 'google-oauth' | 'none' | 'aws';
  /** For `aws`: what a signature is for. */
  signing: { region: string; service: string } | undefined;
  /** Name of its key; undefined where none is needed. */
  secret: string | undefined;
  headers: Readonly<Record<string, string>>;
  traits: Traits;
  timeouts: Timeouts;
}

/** A provider and its own id of a model. */
export interface Target {
  provider: CatalogProvider;
  model: string;
  traits: Traits;
  abilities: Abilities;
}

/** A model that describes images, by the name the owner gave, and where it is asked. */
export interface Delegate {
  name: string;
  targets: readonly Target[];
}

/** The address of a call to a target: for a conversation, unless `ownPath` says for what else. */
export function urlOf({ provider, model }: Target, stream: boolean, ownPath?: string): string {
  const chatPath = provider.path?.replace('{model}', encodeURIComponent(model));
  const path = ownPath ?? chatPath ?? provider.dialect.path({ model, stream });
  if (!provider.query) return provider.baseUrl + path;
  return `${provider.baseUrl}${path}${path.includes('?') ? '&' : '?'}${provider.query}`;
}
