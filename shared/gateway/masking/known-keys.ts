import { changedError, type ErrorKind, type GatewayError, isRefusal } from '../../errors.ts';
import { isJsonObject, tryParseJson } from '../../http/json.ts';
import type { CallToSign, CredentialPorts } from '../../upstream/credentials.ts';
import { type Mask, maskButWordsFor, maskFor } from './key-mask.ts';
import { ownWordsOf } from './own-words.ts';

/** Keys change seldom, access tokens every hour: the oldest are forgotten. The owner's keys have 64 KB at most, in one secret. */
const MOST_KEYS = 200;
const MOST_CHARACTERS = 100_000;

export interface KnownKeys<Ports extends CredentialPorts> {
  /** The same ports; what they give is masked from then on. */
  ports: Ports;
  /** The error without any of those keys, or any piece of them, whatever their shape; `request` is what the caller sent. */
  masked: (error: GatewayError, request?: unknown) => GatewayError;
}

/**
 * Remembers the keys that providers are called with, since a provider may echo in its errors what it was sent. `configured` are
 * secrets that stand in the configuration itself.
 */
export function rememberKeys<Ports extends CredentialPorts>(
  ports: Ports,
  configured: readonly string[] = [],
): KnownKeys<Ports> {
  const keys = new Set<string>();
  let characters = 0;
  let newest: string | undefined;
  /** Made when the next error needs it. */
  let masks: Masks | undefined;

  function remember(key: string): void {
    if (key === newest) return;
    newest = key;
    if (keys.delete(key)) {
      keys.add(key);
      return;
    }
    keys.add(key);
    characters += key.length;
    masks = undefined;
    while (keys.size > MOST_KEYS || (characters > MOST_CHARACTERS && keys.size > 1)) {
      const oldest = keys.values().next().value!;
      keys.delete(oldest);
      characters -= oldest.length;
    }
  }

  function makeMasks(): Masks {
    const all = [...configured, ...keys].flatMap(encodings);
    return { words: maskFor(all), ownSentence: maskButWordsFor(all) };
  }

  const { sign } = ports;
  return {
    ports: {
      ...ports,
      async providerKey(name) {
        const key = await ports.providerKey(name);
        if (key !== undefined) for (const secret of secretsIn(key)) remember(secret);
        return key;
      },
      async serviceAccountTokens(keyFile, secretName) {
        const token = await ports.serviceAccountTokens(keyFile, secretName);
        if (!isRefusal(token)) remember(token.token);
        return token;
      },
      ...(sign && {
        async sign(call: CallToSign) {
          const headers = await sign(call);
          // The rest of them is of this call alone; with this token and a key that is never sent, others could be signed.
          const token = headers['x-amz-security-token'];
          if (token) remember(token);
          return headers;
        },
      }),
    },
    masked(error, request) {
      masks ??= makeMasks();
      return maskedError(error, masks, request);
    },
  };
}

/** A key as it is, and as it stands in an address. */
function encodings(key: string): string[] {
  const encoded = encodeURIComponent(key.toWellFormed());
  return encoded === key ? [key] : [key, encoded];
}

/** What of a stored secret is secret: a service account's key file is JSON, of which most is known to everyone. */
function secretsIn(stored: string): string[] {
  const file = stored.startsWith('{') ? tryParseJson(stored) : undefined;
  if (!isJsonObject(file)) return [stored];
  const { private_key: key, private_key_id: id, client_email: email } = file;
  return [key, id, email].filter((value) => typeof value === 'string');
}

interface Masks {
  /** For what a provider wrote. */
  words: Mask;
  /** For what the gateway says, in which a provider's word may stand. */
  ownSentence: Mask;
}

/** Said of a provider. All other sentences of the gateway hold the caller's words at most: they stay as they are. */
const ofProviders: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'upstream',
  'upstream_auth',
  'rate_limited',
  'quota_exceeded',
  'overloaded',
  'timeout',
]);

function maskedError(error: GatewayError, { words, ownSentence }: Masks, request: unknown): GatewayError {
  const { kind, message, param, code, quote } = error;
  const own = ownWordsOf(request);
  const mask = (text: string): string => (quote ? words : ownSentence)(text, own);
  const fields = Object.entries(quote?.wording?.fields ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? mask(value) : value,
  ]);
  return changedError(error, {
    message: quote || ofProviders.has(kind) ? mask(message) : message,
    param: param === undefined ? undefined : mask(param),
    code: code === undefined ? undefined : mask(code),
    quote: quote?.wording ? { ...quote, wording: { ...quote.wording, fields: Object.fromEntries(fields) } } : quote,
  });
}
