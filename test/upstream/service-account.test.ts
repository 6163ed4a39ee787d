import { generateKeyPairSync, verify } from 'node:crypto';
import type http from 'node:http';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import type { Target } from '../../shared/catalog/catalog.ts';
import { type GatewayError, isRefusal, type Refusal } from '../../shared/errors.ts';
import { vertex } from '../../shared/providers/clouds/vertex.ts';
import { gemini } from '../../shared/providers/global/gemini.ts';
import { callProvider, type UpstreamPorts } from '../../shared/upstream/call-provider.ts';
import { createSend } from '../../shared/upstream/send.ts';
import { createServiceAccountTokens } from '../../shared/upstream/service-account.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

interface Asked {
  path: string;
  headers: http.IncomingHttpHeaders;
  text: string;
}

let server: http.Server;
let base: string;
let asked: Asked[];
/** What the token service answers: status and body. */
let answer: [number, unknown];
let clock: number;

beforeEach(async () => {
  asked = [];
  clock = 1_700_000_000_000;
  answer = [200, { access_token: 'ya29.token', expires_in: 3599, token_type: 'Bearer' }];
  server = createServer(async (request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers, text: await textOf(request) });
    const [status, body] = request.url === '/token' ? answer : [200, { candidates: [{ finishReason: 'STOP' }] }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const keyFile = (fields: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'robot@ours.iam.gserviceaccount.com',
    private_key_id: 'kid-1',
    private_key: pem,
    token_uri: `${base}/token`,
    ...fields,
  });
const open = () => createServiceAccountTokens(createSend(systemTime), { now: () => clock });

function refusalOf(token: { token: string } | Refusal): GatewayError {
  if (isRefusal(token)) return token.refusal;
  throw new Error('nothing was refused');
}

describe('tokens of Google', () => {
  test('are bought with a claim that the account has signed, for the whole of Google Cloud, for an hour', async () => {
    expect(await open()(keyFile(), 'GOOGLE')).toEqual({ token: 'ya29.token' });
    const [call] = asked;
    expect(call?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const form = new URLSearchParams(call?.text);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head, claims, signature] = form.get('assertion')!.split('.') as [string, string, string];
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
    expect(read(claims)).toEqual({
      iss: 'robot@ours.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: `${base}/token`,
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    });
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('are remembered until shortly before their end, each account for itself', async () => {
    const tokens = open();
    await tokens(keyFile(), 'GOOGLE');
    clock += 3_400_000;
    await tokens(keyFile(), 'GOOGLE');
    expect(asked).toHaveLength(1);
    await tokens(keyFile({ client_email: 'other@ours.iam.gserviceaccount.com' }), 'OTHER');
    expect(asked).toHaveLength(2);
    clock += 100_000;
    answer = [200, { access_token: 'ya29.newer', expires_in: 3599 }];
    expect(await tokens(keyFile(), 'GOOGLE')).toEqual({ token: 'ya29.newer' });
  });

  test('are bought once for all who ask at the same time, and anew after a failure', async () => {
    const tokens = open();
    answer = [503, { error: 'unavailable' }];
    const failed = await Promise.all([tokens(keyFile(), 'GOOGLE'), tokens(keyFile(), 'GOOGLE')]);
    expect(failed.map((token) => refusalOf(token).kind)).toEqual(['overloaded', 'overloaded']);
    answer = [200, { access_token: 'ya29.token' }];
    const bought = await Promise.all([tokens(keyFile(), 'GOOGLE'), tokens(keyFile(), 'GOOGLE')]);
    expect(bought).toEqual([{ token: 'ya29.token' }, { token: 'ya29.token' }]);
    expect(asked).toHaveLength(2);
  });

  test('#35 that Google refuses are reported as `upstream_auth`, without Google’s text', async () => {
    answer = [400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature for robot@ours' }];
    const refusal = refusalOf(await open()(keyFile(), 'GOOGLE'));
    expect(refusal).toMatchObject({ kind: 'upstream_auth', status: 400 });
    expect(refusal.message).not.toMatch(/robot|JWT/);
  });

  test('that do not come are a refusal, whatever came in their place', async () => {
    for (const body of ['<html>', '[]', 'null', {}, { access_token: '' }, { access_token: 7 }]) {
      answer = [200, body];
      expect(refusalOf(await open()(keyFile(), 'GOOGLE')).kind).toBe('upstream_auth');
    }
    const unreachable = keyFile({ token_uri: 'http://127.0.0.1:1/token' });
    expect(refusalOf(await open()(unreachable, 'GOOGLE')).kind).toBe('upstream');
  });

  test('are not asked for with a secret that is no key file; the error has its name and nothing of its text', async () => {
    const files = [
      'sk-plain-key',
      '{}',
      'null',
      keyFile({ private_key: 'nonsense' }),
      keyFile({ token_uri: 'no address' }),
    ];
    for (const file of files) {
      const refusal = refusalOf(await open()(file, 'GOOGLE_KEY'));
      expect(refusal).toMatchObject({ kind: 'upstream_auth', message: expect.stringContaining("'GOOGLE_KEY'") });
      expect(refusal.message).not.toMatch(/sk-plain|nonsense|OpenSSL/i);
    }
    expect(asked).toEqual([]);
  });
});

describe('a call to Google', () => {
  const timeouts = { connectMs: 1000, firstEventMs: 5000, replyMs: 5000, idleMs: 5000, totalMs: 10_000 };
  const targetOf = ({ auth, secret, dialect }: typeof vertex): Target => ({
    provider: {
      name: 'google',
      dialect,
      baseUrl: `${base}/v1`,
      path: undefined,
      query: undefined,
      auth,
      signing: undefined,
      secret,
      keyName: secret,
      longerKeyNames: [],
      headers: {},
      traits: {},
      timeouts,
    },
    model: 'gemini-2.5-flash',
    traits: {},
    abilities: { sees: true, tools: true },
    endpoints: [],
  });
  const send = createSend(systemTime);
  const portsWith = (secret: string): UpstreamPorts => ({
    providerKey: async () => secret,
    send,
    serviceAccountTokens: createServiceAccountTokens(send, { now: () => clock }),
  });
  const ask = (secret: string, target: Target) =>
    callProvider(
      { target, signal: new AbortController().signal, sentTwice() {}, unanswered() {}, heard() {} },
      request,
      portsWith(secret),
    );
  const request = { headers: {}, body: Buffer.from('{}'), stream: true };

  test('at Vertex carries the token its key file buys', async () => {
    const reply = await ask(keyFile(), targetOf(vertex));
    expect(isRefusal(reply)).toBe(false);
    expect(asked.map(({ path }) => path)).toEqual([
      '/token',
      '/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    ]);
    expect(asked[1]?.headers.authorization).toBe('Bearer ya29.token');
    expect(asked[1]?.text).toBe('{}');
  });

  test('is not made where the token is refused', async () => {
    answer = [401, {}];
    const reply = await ask(keyFile(), targetOf(vertex));
    expect(isRefusal(reply) && reply.refusal.kind).toBe('upstream_auth');
    expect(asked).toHaveLength(1);
  });

  test('at the Gemini API carries the key in Google’s header', async () => {
    await ask('AIza-key', targetOf(gemini));
    expect(asked[0]?.headers['x-goog-api-key']).toBe('AIza-key');
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });
});
