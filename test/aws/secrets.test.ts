import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSecrets } from '../../shared/aws/secrets.ts';
import { GatewayError } from '../../shared/errors.ts';

/** Secrets Manager as its wire protocol is, on this machine. */
const values = new Map<string, string>();
let reads = 0;
let failing = false;
let server: http.Server;
let now = 0;
const logged: unknown[] = [];

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    reads += 1;
    const { SecretId } = JSON.parse(Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failing)
      return void response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'gone' }));
    response.end(JSON.stringify({ Name: SecretId, SecretString: values.get(SecretId) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  values.set('master', 'sk-1');
  values.set('providers', '{"OPENAI_API_KEY":"sk-o","EMPTY":""}');
  reads = 0;
  failing = false;
  now = 0;
  logged.length = 0;
});

const open = () =>
  createSecrets({
    masterKeySecret: 'master',
    providerKeysSecret: 'providers',
    log: { warn: () => {}, error: (message, fields) => void logged.push([message, fields]) },
    time: { now: () => now },
  });

describe('the secrets', () => {
  test('are read once for many requests, and again after five minutes', async () => {
    const secrets = open();
    expect(await Promise.all([secrets.masterKey(), secrets.masterKey(), secrets.masterKey()])).toEqual([
      'sk-1',
      'sk-1',
      'sk-1',
    ]);
    expect(reads).toBe(1);
    values.set('master', 'sk-2');
    expect(await secrets.masterKey()).toBe('sk-1');
    now += 5 * 60_000;
    expect(await secrets.masterKey()).toBe('sk-2');
    expect(reads).toBe(2);
  });

  test('of providers are found by name; an empty one is none', async () => {
    const secrets = open();
    expect(await secrets.providerKey('OPENAI_API_KEY')).toBe('sk-o');
    expect(await secrets.providerKey('EMPTY')).toBeUndefined();
    expect(await secrets.providerKey('constructor')).toBeUndefined();
    expect(reads).toBe(1);
  });

  test('that cannot be read anew serve on as they were', async () => {
    const secrets = open();
    await secrets.masterKey();
    failing = true;
    now += 5 * 60_000;
    expect(await secrets.masterKey()).toBe('sk-1');
    expect(logged.length).toBe(1);
    failing = false;
    values.set('master', 'sk-3');
    expect(await secrets.masterKey()).toBe('sk-1');
    now += 10_001;
    expect(await secrets.masterKey()).toBe('sk-3');
  });

  test('that were never read are a 503, and the next request tries again', async () => {
    failing = true;
    const secrets = open();
    await expect(secrets.masterKey()).rejects.toMatchObject({ constructor: GatewayError, status: 503 });
    failing = false;
    expect(await secrets.masterKey()).toBe('sk-1');
  });

  test('that are no JSON do not show in the log', async () => {
    values.set('providers', '{"OPENAI_API_KEY": "sk-secret-value');
    await expect(open().providerKey('OPENAI_API_KEY')).rejects.toMatchObject({ status: 503 });
    expect(JSON.stringify(logged)).not.toContain('sk-secret-value');
  });
});
