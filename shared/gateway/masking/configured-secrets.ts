import type { GatewayConfig } from '../../catalog/schema.ts';

type Provider = Pick<GatewayConfig['providers'][string], 'headers' | 'query' | 'baseUrl'>;

/** The secrets that the owner wrote into the configuration itself: in headers, queries and addresses of providers. */
export function configuredSecrets({ providers }: Pick<GatewayConfig, 'providers'>): string[] {
  return [...new Set(Object.values(providers).flatMap(secretsOf))];
}

function secretsOf({ headers = {}, query = '', baseUrl = '' }: Provider): string[] {
  const named = [...Object.entries(headers), ...new URLSearchParams(query)];
  const { password = '' } = URL.canParse(baseUrl) ? new URL(baseUrl) : {};
  return [...named.flatMap(([name, value]) => secretsIn(name, value)), ...(password === '' ? [] : [decode(password)])];
}

/** Names of headers and of parameters that hold secrets. */
const secretName = /key|token|secret|auth|passw|credential|signature|^sig$|cookie|session|^code$/i;

/** Where the name says nothing: letters and digits in one piece, as no version, date or address has them. */
const isLikeSecret = (word: string): boolean =>
  word.split(/[^a-z0-9]/i).some((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part));

/** Shorter words beside others name the scheme: `Bearer`, `Basic`. */
const SHORTEST_OF_SEVERAL = 8;

function secretsIn(name: string, value: string): string[] {
  const words = value.split(/[\s;,]+/).map((word) => word.replace(/^[\w.-]+=(?=[^=])/, ''));
  const found = secretName.test(name)
    ? words.filter(({ length }) => words.length === 1 || length >= SHORTEST_OF_SEVERAL)
    : words.filter(isLikeSecret);
  return [...found, ...(/^basic\s/i.test(value) ? found.flatMap(passwordIn) : [])];
}

/** The password of `user:password` in base64. */
function passwordIn(encoded: string): string[] {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 || colon + 1 === text.length ? [] : [text.slice(colon + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign of its own: it is the password as it is written.
    return text;
  }
}
