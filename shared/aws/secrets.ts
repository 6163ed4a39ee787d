import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { checkMasterKey, type MasterKeys } from '../gateway/master-key.ts';
import type { Log } from '../log.ts';

export interface Secrets {
  masterKeys: MasterKeys;
  /** The key of this name, or nothing where the owner has not stored it. */
  providerKey(name: string): Promise<string | undefined>;
}

/** How long a secret is remembered: the longest a rotation may take to hold. */
const REMEMBERED_MS = 5 * 60_000;
/** Asked for a fresh value, a secret is read again at most so often: any stranger can ask. */
const FRESH_MS = 5_000;
/** How long the master key before holds after a change. */
const OVERLAP_MS = 3_600_000;
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
  const readKeys = async () => providerKeys.parse(JSON.parse((await read(providerKeysSecret)).text));
  const providers = remembered(readKeys, time, log);
  return {
    masterKeys: createMasterKeys({ masterKeySecret, log, time }, read),
    providerKey: async (name) => (await providers()).get(name) || undefined,
  };
}

/** The master keys alone: the present one, and for an hour after a change the one before. */
export function createMasterKeys(
  { masterKeySecret, log, time }: Omit<Options, 'providerKeysSecret'>,
  read = createRead(),
): MasterKeys {
  async function readMaster(): Promise<{ key: string; before?: string; overlapEnds: number }> {
    const { text, since } = await read(masterKeySecret);
    const key = checkMasterKey(text);
    const overlapEnds = since + OVERLAP_MS;
    const before = overlapEnds > time.now() ? await readBefore() : undefined;
    return { key, overlapEnds, ...(before === undefined ? {} : { before }) };
  }

  async function readBefore(): Promise<string | undefined> {
    try {
      return (await read(masterKeySecret, 'AWSPREVIOUS')).text;
    } catch (cause) {
      // The first version has none before it. Whatever else it is, the present key holds.
      if (!(cause instanceof ResourceNotFoundException)) log.warn('the master key before cannot be read', { cause });
      return undefined;
    }
  }

  const master = remembered(readMaster, time, log);
  return async (options) => {
    const { key, before, overlapEnds } = await master(options);
    return before !== undefined && overlapEnds > time.now() ? [key, before] : [key];
  };
}

/** A version of a secret, and when it was made (epoch milliseconds). */
type Read = (id: string, stage?: 'AWSPREVIOUS') => Promise<{ text: string; since: number }>;

/** Reads secrets by their ids; the client is made at the first use. */
function createRead(): Read {
  let client: SecretsManagerClient | undefined;
  return async (id, stage) => {
    client ??= new SecretsManagerClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    const command = new GetSecretValueCommand({ SecretId: id, ...(stage ? { VersionStage: stage } : {}) });
    const { SecretString, CreatedDate } = await client.send(command);
    if (!SecretString) throw new Error('the secret is empty or binary');
    return { text: SecretString, since: CreatedDate?.getTime() ?? 0 };
  };
}

/** A value read once and then remembered; while a new one cannot be had, the old one serves on. */
function remembered<Value>(
  read: () => Promise<Value>,
  time: Pick<Time, 'now'>,
  log: Log,
): (options?: { fresh?: boolean }) => Promise<Value> {
  let last: { value: Promise<Value>; at: number; until: number } | undefined;
  let reading: Promise<Value> | undefined;

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

  /** Others go on with the old value meanwhile. */
  async function readFresh(before: Promise<Value>): Promise<Value> {
    const value = await refresh(before);
    last = { value: Promise.resolve(value), at: time.now(), until: time.now() + REMEMBERED_MS };
    return value;
  }

  return ({ fresh = false } = {}) => {
    const now = time.now();
    if (!last || last.until <= now) last = { value: refresh(last?.value), at: now, until: now + REMEMBERED_MS };
    if (!fresh) return last.value;
    if (!reading && now - last.at >= FRESH_MS) {
      last.at = now;
      reading = readFresh(last.value).finally(() => {
        reading = undefined;
      });
    }
    return reading ?? last.value;
  };
}
