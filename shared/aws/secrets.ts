import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';

export interface Secrets {
  masterKey(): Promise<string>;
  /** The key of this name, or nothing where the owner has not stored it. */
  providerKey(name: string): Promise<string | undefined>;
}

/** How long a secret is remembered: the longest a rotation may take to hold. */
const REMEMBERED_MS = 5 * 60_000;
/** After a failure the old value serves on, and the next try waits this long. */
const FAILED_MS = 10_000;

const providerKeys = z.record(z.string(), z.string()).transform((keys) => new Map(Object.entries(keys)));

interface Options {
  masterKeySecret: string;
  providerKeysSecret: string;
  log: Log;
  time: Pick<Time, 'now'>;
}

/** The two secrets: the master key as it is, the providers' keys as a JSON object, name → key. */
export function createSecrets({ masterKeySecret, providerKeysSecret, log, time }: Options): Secrets {
  const read = createRead();
  const providers = remembered(async () => providerKeys.parse(JSON.parse(await read(providerKeysSecret))), time, log);
  return {
    ...createMasterKey({ masterKeySecret, log, time }, read),
    providerKey: async (name) => (await providers()).get(name) || undefined,
  };
}

/** The master key alone. */
export function createMasterKey(
  { masterKeySecret, log, time }: Omit<Options, 'providerKeysSecret'>,
  read = createRead(),
): Pick<Secrets, 'masterKey'> {
  return { masterKey: remembered(() => read(masterKeySecret), time, log) };
}

/** Reads a secret by its id; the client is made at the first use. */
function createRead(): (id: string) => Promise<string> {
  let client: SecretsManagerClient | undefined;

  return async (id) => {
    client ??= new SecretsManagerClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (!SecretString) throw new Error('the secret is empty or binary');
    return SecretString;
  };
}

/** A value read once and then remembered; while a new one cannot be had, the old one serves on. */
function remembered<Value>(read: () => Promise<Value>, time: Pick<Time, 'now'>, log: Log): () => Promise<Value> {
  let last: { value: Promise<Value>; until: number } | undefined;

  async function refresh(before: Promise<Value> | undefined): Promise<Value> {
    try {
      return await read();
    } catch (cause) {
      log.error('a secret cannot be read', { cause: cause instanceof SyntaxError ? 'it is not JSON' : cause });
      if (last) last.until = time.now() + FAILED_MS;
      if (before) return before;
      last = undefined;
      throw new GatewayError('overloaded', 'The gateway cannot read its secrets at the moment.', {
        cause,
        retryAfter: 5,
      });
    }
  }

  return () => {
    if (!last || last.until <= time.now()) last = { value: refresh(last?.value), until: time.now() + REMEMBERED_MS };
    return last.value;
  };
}
