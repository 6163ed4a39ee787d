import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSecrets, type Secrets } from '../../shared/aws/secrets.ts';
import { GatewayError } from '../../shared/errors.ts';

/** Secrets Manager as its wire protocol is, on this machine. */
const values = new Map<string, string>();
/** Of the present version, epoch seconds. */
let changedAt = 0;
let reads = 0;
let failing = false;
let server: http.Server;
let now = 0;
const [key1, key2, key3] = ['1', '2', '3'].map((digit) => `sk-${digit.repeat(29)}`) as [string, string, string];
const master = async (secrets: Secrets, options?: { fresh: boolean }) => (await secrets.masterKeys(options))[0];
const logged: unknown[] = [];

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    reads += 1;
    const { SecretId, VersionStage } = JSON.parse(Buffer.concat(chunks).toString());
    const name = VersionStage ? `${SecretId} ${VersionStage}` : SecretId;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failing || !values.has(name))
      return void response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'gone' }));
    response.end(JSON.stringify({ Name: SecretId, SecretString: values.get(name), CreatedDate: changedAt }));
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
  values.clear();
  changedAt = -7_200;
  values.set('master', key1);
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
    expect(await Promise.all([master(secrets), master(secrets), master(secrets)])).toEqual([key1, key1, key1]);
    expect(reads).toBe(1);
    values.set('master', key2);
    expect(await master(secrets)).toBe(key1);
    now += 5 * 60_000;
    expect(await master(secrets)).toBe(key2);
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
    await master(secrets);
    failing = true;
    now += 5 * 60_000;
    expect(await master(secrets)).toBe(key1);
    expect(logged.length).toBe(1);
    failing = false;
    values.set('master', key3);
    expect(await master(secrets)).toBe(key1);
    now += 10_001;
    expect(await master(secrets)).toBe(key3);
  });

  test('that were never read are a 503, and the next request tries again', async () => {
    failing = true;
    const secrets = open();
    await expect(master(secrets)).rejects.toMatchObject({ constructor: GatewayError, status: 503 });
    failing = false;
    expect(await master(secrets)).toBe(key1);
  });

  test('that are no JSON do not show in the log', async () => {
    values.set('providers', '{"OPENAI_API_KEY": "sk-secret-value');
    await expect(open().providerKey('OPENAI_API_KEY')).rejects.toMatchObject({ status: 503 });
    expect(JSON.stringify(logged)).not.toContain('sk-secret-value');
  });
});

describe('the master key', () => {
  test('before holds for an hour after the change, and no longer', async () => {
    values.set('master AWSPREVIOUS', key2);
    changedAt = -3_000;
    const secrets = open();
    expect(await secrets.masterKeys()).toEqual([key1, key2]);
    now += 600_000 - 1;
    expect(await secrets.masterKeys()).toEqual([key1, key2]);
    now += 1;
    expect(await secrets.masterKeys()).toEqual([key1]);
  });

  test('that is the first one has none before it, also where that cannot be read', async () => {
    changedAt = 0;
    expect(await open().masterKeys()).toEqual([key1]);
    expect([reads, logged]).toEqual([2, []]);
  });

  test('is read anew at once where that is asked for, at most every five seconds', async () => {
    const secrets = open();
    await secrets.masterKeys();
    values.set('master', key2);
    now += 4_999;
    expect(await master(secrets, { fresh: true })).toBe(key1);
    now += 1;
    expect(
      await Promise.all([master(secrets, { fresh: true }), master(secrets), master(secrets, { fresh: true })]),
    ).toEqual([key2, key1, key2]);
    expect([await master(secrets), reads]).toEqual([key2, 2]);
    await master(secrets, { fresh: true });
    expect(reads).toBe(2);
  });

  test('that is too short is refused with a reason in the log, and never takes the place of a good one', async () => {
    values.set('master', 'k'.repeat(31));
    await expect(open().masterKeys()).rejects.toMatchObject({ status: 503 });
    expect(String((logged[0] as [string, { cause: Error }])[1].cause)).toContain('at least 32');
    values.set('master', key1);
    const secrets = open();
    await secrets.masterKeys();
    values.set('master', 'short');
    now += 10_000;
    expect(await master(secrets, { fresh: true })).toBe(key1);
  });
});
