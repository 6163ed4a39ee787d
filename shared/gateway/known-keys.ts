import { changedError, type GatewayError, isRefusal } from '../errors.ts';
import { isJsonObject, tryParseJson } from '../http/json.ts';
import type { CredentialPorts } from '../upstream/credentials.ts';

/** A piece of a key of at least so many characters is masked as the whole is; a shorter one may be an ordinary word. */
const PIECE = 8;
/** A key shorter than a piece is masked where it stands alone. */
const SHORTEST = 4;
/** Keys change seldom, access tokens every hour: the oldest are forgotten. */
const MOST_KEYS = 200;

export interface KnownKeys<Ports extends CredentialPorts> {
  /** The same ports; what they give is masked from then on. */
  ports: Ports;
  /** The error without any of those keys, or any piece of them, whatever their shape. */
  masked: (error: GatewayError) => GatewayError;
}

/** Remembers the keys that providers are called with, since a provider may echo in its errors what it was sent. */
export function rememberKeys<Ports extends CredentialPorts>(ports: Ports): KnownKeys<Ports> {
  const keys = new Set<string>();
  let newest: string | undefined;

  function remember(key: string): void {
    if (key === newest) return;
    newest = key;
    keys.delete(key);
    keys.add(key);
    const encoded = encodeURIComponent(key.toWellFormed());
    if (encoded !== key) keys.add(encoded);
    while (keys.size > MOST_KEYS) keys.delete(keys.values().next().value!);
  }

  const mask = (text: string): string => withoutKeys(text, keys);

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
    },
    masked: (error) => maskedError(error, mask),
  };
}

/** What of a stored secret is secret: a service account's key file is JSON, of which most is known to everyone. */
function secretsIn(stored: string): string[] {
  const file = stored.startsWith('{') ? tryParseJson(stored) : undefined;
  if (!isJsonObject(file)) return [stored];
  const { private_key: key, private_key_id: id, client_email: email } = file;
  return [key, id, email].filter((value) => typeof value === 'string');
}

function maskedError(error: GatewayError, mask: (text: string) => string): GatewayError {
  const { message, param, code, quote } = error;
  const fields = Object.entries(quote?.wording?.fields ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? mask(value) : value,
  ]);
  return changedError(error, {
    message: mask(message),
    param: param === undefined ? undefined : mask(param),
    code: code === undefined ? undefined : mask(code),
    quote: quote?.wording ? { ...quote, wording: { ...quote.wording, fields: Object.fromEntries(fields) } } : quote,
  });
}

/** The text with `***` for every key and for every piece of one, in upper and lower case alike. */
function withoutKeys(text: string, keys: Iterable<string>): string {
  const lower = text.toLowerCase();
  // Of a few letters, lower case is longer: places in one text are not places in the other then.
  const searched = lower.length === text.length ? lower : text;
  const isSecret = new Uint8Array(text.length);
  for (const key of keys) markKey(isSecret, searched, searched === lower ? key.toLowerCase() : key);
  return withStars(text, isSecret);
}

function markKey(isSecret: Uint8Array, text: string, key: string): void {
  if (key.length < SHORTEST) return;
  if (key.length < PIECE) markWord(isSecret, text, key);
  else markPieces(isSecret, text, key);
  // A sentence that was shortened may end within a key.
  for (let length = PIECE - 1; length >= SHORTEST; length -= 1) {
    if (text.endsWith(key.slice(0, length))) isSecret.fill(1, text.length - length);
  }
}

function markPieces(isSecret: Uint8Array, text: string, key: string): void {
  const pieces = new Set<string>();
  for (let at = 0; at + PIECE <= key.length; at += 1) pieces.add(key.slice(at, at + PIECE));
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (pieces.has(text.slice(at, at + PIECE))) isSecret.fill(1, at, at + PIECE);
  }
}

function markWord(isSecret: Uint8Array, text: string, key: string): void {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + key.length])) isSecret.fill(1, at, at + key.length);
  }
}

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

function withStars(text: string, isSecret: Uint8Array): string {
  let masked = '';
  for (let at = 0; at < text.length; ) {
    const end = isSecret.indexOf(isSecret[at] ? 0 : 1, at);
    const next = end === -1 ? text.length : end;
    masked += isSecret[at] ? '***' : text.slice(at, next);
    at = next;
  }
  return masked;
}
