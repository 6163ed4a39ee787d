import type { CatalogProvider, Target } from '../catalog/catalog.ts';
import { takesKey } from '../catalog/own-keys.ts';
import { GatewayError, isRefusal, type Refusal, refuse, toGatewayError } from '../errors.ts';
import type { ServiceAccountTokens } from './service-account.ts';

export interface CredentialPorts {
  /** The key of this name, or nothing where the owner has not stored it. Fails where the secrets are away. */
  providerKey(name: string): Promise<string | undefined>;
  /** Access tokens for providers of auth `google-oauth`. */
  serviceAccountTokens: ServiceAccountTokens;
  /** AWS's signature for providers of auth `aws`; absent where the gateway has no role of its own. */
  sign?: Sign;
}

/**
 * The headers that prove to AWS that a call is ours: a signature over it with the credentials of the function's own role.
 * Fails with `upstream_auth` where there are none.
 */
export type Sign = (call: CallToSign) => Promise<Record<string, string>>;

export interface CallToSign {
  url: string;
  /** `POST` unless given. */
  method?: string;
  contentType: string;
  body: Uint8Array;
  region: string;
  /** AWS's name of the service: `bedrock`. */
  service: string;
}

/** The headers with which a provider accepts the gateway: its key, a token bought with it, or a signature over this call. */
export async function credentialHeaders(
  { provider }: Target,
  call: { url: string; method?: string; contentType: string; body: Uint8Array },
  ports: CredentialPorts,
): Promise<Record<string, string> | Refusal> {
  if (provider.signing) return signed(provider, call, ports);
  if (provider.secret === undefined) return {};
  if (!takesKey(provider, provider.secret)) {
    const { secret, name, keyName } = provider;
    return unauthorized(
      `The key '${secret}' is not sent to the provider '${name}': its own keys begin with '${keyName}_'.`,
    );
  }
  const key = await ports.providerKey(provider.secret);
  if (!key) return unauthorized(`The gateway has no key '${provider.secret}' for the provider '${provider.name}'.`);
  if (provider.auth !== 'google-oauth') {
    // Most often a line break at the end of a file; Node would throw, and no other target would be asked.
    if (!VISIBLE.test(key))
      return unauthorized(`The key '${provider.secret}' holds a space, a line break or another sign that no key has.`);
    return keyHeaders[provider.auth](key);
  }
  const token = await ports.serviceAccountTokens(key, provider.secret);
  return isRefusal(token) ? token : keyHeaders.bearer(token.token);
}

const VISIBLE = /^[!-~]+$/;

const keyHeaders: Record<Exclude<CatalogProvider['auth'], 'google-oauth'>, (key: string) => Record<string, string>> = {
  bearer: (key) => ({ authorization: `Bearer ${key}` }),
  'api-key': (key) => ({ 'api-key': key }),
  'x-api-key': (key) => ({ 'x-api-key': key }),
  'x-goog-api-key': (key) => ({ 'x-goog-api-key': key }),
  none: () => ({}),
  aws: () => ({}),
};

async function signed(
  { name, signing }: CatalogProvider,
  call: { url: string; method?: string; contentType: string; body: Uint8Array },
  { sign }: CredentialPorts,
): Promise<Record<string, string> | Refusal> {
  if (!sign) return unauthorized(`The gateway has no AWS role to sign calls to the provider '${name}' with.`);
  try {
    return await sign({ ...call, ...signing! });
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

const unauthorized = (message: string): Refusal => refuse(new GatewayError('upstream_auth', message));
