import type { ProviderDialect } from '../dialects/dialect.ts';
import type { Traits } from '../dialects/traits.ts';

/**
 * How a key can be sent; `none` where no key is needed, `aws` where calls are signed with the function's own role,
 * `google-oauth` where the key is a service account's key file, which is exchanged for tokens.
 */
export const authKinds = ['bearer', 'api-key', 'x-api-key', 'x-goog-api-key', 'google-oauth', 'none', 'aws'] as const;

export type Auth = (typeof authKinds)[number];

/** An address, and the dialect it speaks. All of it is data, and the configuration replaces it field by field. */
export interface Provider {
  dialect: ProviderDialect;
  /** Where its API begins, version included; absent where the configuration must say it. `{name}` is filled from `parameters`. */
  baseUrl?: string;
  /** Path under the base URL where it is not the dialect's own; `{model}` is filled, percent-encoded. */
  path?: string;
  /** Query of every call, without the `?`. */
  query?: string;
  /** How the key is sent. */
  auth: Auth;
  /** Name of its key among the provider keys, and of the environment variable on a developer's machine. */
  secret?: string;
  headers?: Readonly<Record<string, string>>;
  traits?: Traits;
  /** Parameters of the base URL or query, with their defaults; the configuration sets them. */
  parameters?: Readonly<Record<string, string>>;
  /** Environment variables for parameters that the configuration does not set, by the parameter's name. */
  environment?: Readonly<Record<string, string>>;
  /** Its documentation, where all this can be checked. */
  docs?: string;
  /** Where it is asked in other dialects, with the same key: callers of such a dialect are served there. */
  endpoints?: readonly ProviderEndpoint[];
}

/** A provider's API in one more dialect. */
export interface ProviderEndpoint extends Omit<Provider, 'endpoints'> {
  /** Names of the models that it serves; all of the provider's unless given. */
  models?: RegExp;
}
