import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { Time } from '../async/time.ts';
import { GatewayError, isRefusal, kindOfUpstreamStatus, type Refusal, refuse } from '../errors.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../http/json.ts';
import { readStart } from './read-whole.ts';
import type { Send, UpstreamReply } from './send.ts';

/** An access token for a service account, from its key file (JSON text). The name of the secret is for the message only. */
export type ServiceAccountTokens = (keyFile: string, secretName: string) => Promise<{ token: string } | Refusal>;

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const USUAL_TOKEN_URI = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_SECONDS = 3600;
/** A token is renewed so long before its end, so that it does not expire while a request travels. */
const SPARE_MS = 120_000;
const MOST_BYTES = 64 * 1024;

/** Asking for a token has time-outs of its own: one caller who leaves must not end what others wait for. */
const timeouts = { connectMs: 5_000, firstEventMs: 10_000, replyMs: 10_000, idleMs: 10_000, totalMs: 20_000 };

interface Token {
  value: string;
  /** Epoch milliseconds. */
  staleAt: number;
}

/**
 * Opens a source of tokens, which remembers them for as long as they are good. Requests that come at once wait for the same
 * one. `now` is in epoch milliseconds.
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export function createServiceAccountTokens(post: Send, { now }: Pick<Time, 'now'>): ServiceAccountTokens {
  const tokens = new Map<string, Token>();
  const waiting = new Map<string, Promise<Token | Refusal>>();

  async function renew(keyFile: string, account: string, secretName: string): Promise<Token | Refusal> {
    try {
      const token = await fetchToken(keyFile, secretName, post, now);
      if (!isRefusal(token)) tokens.set(account, token);
      return token;
    } finally {
      waiting.delete(account);
    }
  }

  return async (keyFile, secretName) => {
    const account = createHash('sha256').update(keyFile).digest('hex');
    const known = tokens.get(account);
    if (known && known.staleAt > now()) return { token: known.value };
    const underWay = waiting.get(account) ?? renew(keyFile, account, secretName);
    waiting.set(account, underWay);
    const token = await underWay;
    return isRefusal(token) ? token : { token: token.value };
  };
}

async function fetchToken(
  keyFile: string,
  secretName: string,
  post: Send,
  now: () => number,
): Promise<Token | Refusal> {
  const askedAt = now();
  const claim = signClaim(keyFile, Math.floor(askedAt / 1000));
  if (!claim) {
    return noToken(`The secret '${secretName}' is not the JSON key file of a Google service account.`);
  }
  const reply = await post({
    url: claim.tokenUri,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: Buffer.from(new URLSearchParams({ grant_type: GRANT, assertion: claim.assertion }).toString()),
    timeouts,
    signal: new AbortController().signal,
  });
  if (isRefusal(reply)) return reply;
  const answer = await readAnswer(reply);
  if (isRefusal(answer)) return answer;
  const { access_token: value, expires_in: seconds } = answer;
  if (typeof value !== 'string' || value === '') return noToken('Google gave no access token.');
  const life = typeof seconds === 'number' ? seconds * 1000 : LIFE_SECONDS * 1000;
  return { value, staleAt: askedAt + Math.max(life - SPARE_MS, life / 2) };
}

const noToken = (message: string): Refusal =>
  refuse(new GatewayError('upstream_auth', message, { code: 'upstream_auth' }));

/** A claim signed with the account's key; nothing where the text is no key file. */
function signClaim(keyFile: string, issuedAt: number): { tokenUri: string; assertion: string } | undefined {
  const file = tryParseJson(keyFile);
  if (!isJsonObject(file)) return undefined;
  const { client_email: email, private_key: pem, private_key_id: kid, token_uri: uri } = file;
  if (typeof email !== 'string' || typeof pem !== 'string') return undefined;
  const tokenUri = typeof uri === 'string' ? uri : USUAL_TOKEN_URI;
  if (!URL.canParse(tokenUri)) return undefined;
  const head = { alg: 'RS256', typ: 'JWT', ...(typeof kid === 'string' ? { kid } : {}) };
  const claims = { iss: email, scope: SCOPE, aud: tokenUri, iat: issuedAt, exp: issuedAt + LIFE_SECONDS };
  const text = `${encode(head)}.${encode(claims)}`;
  try {
    return {
      tokenUri,
      assertion: `${text}.${sign('RSA-SHA256', Buffer.from(text), createPrivateKey(pem)).toString('base64url')}`,
    };
  } catch {
    // A key that cannot sign is no key; OpenSSL's message about it must not leave.
    return undefined;
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Where Google refuses the key: `upstream_auth`. Google's text is withheld, because it names accounts. */
async function readAnswer({ status, body }: UpstreamReply): Promise<JsonObject | Refusal> {
  let text: string;
  try {
    text = (await readStart(body, MOST_BYTES)).toString('utf8');
  } catch (thrown) {
    if (thrown instanceof GatewayError) return refuse(thrown);
    throw thrown;
  }
  const answer = tryParseJson(text);
  if (status >= 200 && status < 300) return isJsonObject(answer) ? answer : {};
  const kind = kindOfUpstreamStatus(status);
  const passes = kind === 'rate_limited' || kind === 'timeout' || status >= 500;
  if (passes) return refuse(new GatewayError(kind, `Google's token service answered with status ${status}.`));
  return noToken(`Google refused the service account's key (status ${status}).`);
}
