import type { ProviderDialect } from '../dialects/dialect.ts';
import type { Traits } from '../dialects/traits.ts';
import type { Abilities } from '../providers/abilities.ts';
import type { GatewayConfig, Timeouts } from './schema.ts';

/** The checked configuration, as requests use it. */
export interface Catalog {
  config: GatewayConfig;
  providers: ReadonlyMap<string, CatalogProvider>;
  /** The targets that a caller's name stands for; undefined where it is unknown and no default is set. */
  resolve(name: string): Target[] | undefined;
  /** Describers of images for the models behind a name, in the order they are asked; undefined where none are set. */
  describersOf(name: string): readonly Describer[] | undefined;
  /** Whether a name is served as itself, not by the default model. */
  knows(name: string): boolean;
  /** Names in `models`, with the provider each asks first. */
  models: readonly ListedModel[];
}

export interface ListedModel {
  id: string;
  provider: string;
}

/** A provider as the configuration describes it. */
export interface CatalogProvider {
  name: string;
  dialect: ProviderDialect;
  baseUrl: string;
  path: string | undefined;
  query: string | undefined;
  auth: 'bearer' | 'api-key' | 'x-api-key' | 'x-goog-api-key' | 'google-oauth' | 'none' | 'aws';
  /** For `aws`: the region and service that calls are signed for. */
  signing: { region: string; service: string } | undefined;
  /** Name of its key; undefined where none is needed. */
  secret: string | undefined;
  headers: Readonly<Record<string, string>>;
  traits: Traits;
  /** Its own time-outs, each filled from the configuration's general ones; `totalMs` holds for one call of this provider. */
  timeouts: Timeouts;
}

/** A provider and its own id of a model. */
export interface Target {
  provider: CatalogProvider;
  model: string;
  traits: Traits;
  abilities: Abilities;
}

/** A model that describes images: its name in the configuration, and its targets. */
export interface Describer {
  name: string;
  targets: readonly Target[];
}

/** The address of a call to a target: for a conversation, or at `ownPath` for anything else. */
export function urlOf({ provider, model }: Target, stream: boolean, ownPath?: string): string {
  const chatPath = provider.path?.replace('{model}', encodeURIComponent(model));
  const path = ownPath ?? chatPath ?? provider.dialect.path({ model, stream });
  if (!provider.query) return provider.baseUrl + path;
  return `${provider.baseUrl}${path}${path.includes('?') ? '&' : '?'}${provider.query}`;
}
