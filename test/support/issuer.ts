import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IssuerConfig, type JwtConfig, jwt } from '../../shared/catalog/callers.ts';

/** A pair of real keys, and how tokens are signed with it. */
export interface SigningKey {
  id: string;
  algorithm: string;
  privateKey: KeyObject;
  /** As its issuer shows it. */
  jwk: Record<string, unknown>;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

export function makeKey(algorithm: string, id = `${algorithm}-1`, bits = 2048): SigningKey {
  const pair = algorithm.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: curves[algorithm]! })
    : algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: bits });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' };
  return { id, algorithm, privateKey: pair.privateKey, jwk };
}

export const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token as an issuer makes it; `header` is laid over its own, also to make a wrong one. */
export function signToken(claims: object, key: SigningKey, header: object = {}): string {
  const signed = `${encode({ alg: key.algorithm, typ: 'JWT', kid: key.id, ...header })}.${encode(claims)}`;
  return `${signed}.${signText(signed, key).toString('base64url')}`;
}

export function signText(text: string, { algorithm, privateKey }: SigningKey): Buffer {
  const hash = algorithm === 'EdDSA' ? undefined : `sha${algorithm.slice(2)}`;
  const options = {
    ...(algorithm.startsWith('PS')
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}),
    ...(algorithm.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' as const } : {}),
  };
  return sign(hash, Buffer.from(text), { key: privateKey, ...options });
}

/** The configuration of one issuer, checked as a whole configuration is. */
export function issuerConfig(fields: object = {}, trustedHosts: readonly string[] = []): IssuerConfig {
  const own = { issuer: 'https://issuer.example.com', audiences: ['gateway'], ...fields };
  return (jwt.parse({ issuers: [own], trustedHosts }) as JwtConfig).issuers[0]!;
}

/** An OIDC issuer on this machine. */
export interface TestIssuer {
  url: string;
  host: string;
  /** Keys that it shows. */
  keys: SigningKey[];
  /** What it answers in place of all else, where it misbehaves. */
  answer: ((response: http.ServerResponse) => void) | undefined;
  /** Paths that were asked for, in order. */
  asked: string[];
  /** A token that is good for an hour; `claims` are laid over its own. */
  token(claims?: object, key?: SigningKey): string;
  close(): Promise<void>;
}

export async function startIssuer(keys = [makeKey('RS256')]): Promise<TestIssuer> {
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    issuer.asked.push(path);
    if (issuer.answer) return void issuer.answer(response);
    response.setHeader('content-type', 'application/json');
    if (path === '/.well-known/openid-configuration')
      return void response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
    if (path === '/keys') return void response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: TestIssuer = {
    url: `http://${host}`,
    host,
    keys,
    answer: undefined,
    asked: [],
    token(claims = {}, key = issuer.keys[0]!) {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: issuer.url, sub: 'ann', aud: 'gateway', iat: now, exp: now + 3600 };
      return signToken({ ...usual, ...claims }, key);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return issuer;
}
