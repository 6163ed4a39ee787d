import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Catalog } from '../catalog/catalog.ts';
import type { FunctionEnv } from '../env.ts';
import type { Log, Parts, Secrets, UsageSink } from '../gateway/parts.ts';
import { createFetchMedia } from '../media/fetch.ts';
import { createImages } from '../media/load-image.ts';
import { createDescriptions } from '../remember/memory.ts';
import { createGoogleTokens } from '../upstream/google-token.ts';
import { createSend } from '../upstream/send.ts';
import { createDescriptionTable } from './descriptions.ts';
import { createKeys } from './keys.ts';
import { createSecrets } from './secrets.ts';
import { createSign } from './sign.ts';
import { openTable, type Table } from './table.ts';
import { writeEach } from './usage.ts';

interface Given {
  catalog: Catalog;
  log: Log;
  table: Table;
  secrets: Secrets;
  usage: UsageSink;
}

/** The gateway's parts over a table, wherever that table and the secrets are. */
export function createParts({ catalog, log, table, secrets, usage }: Given): Parts {
  const send = createSend();
  const { media, vision } = catalog.config;
  const fetchMedia = createFetchMedia(media);
  return {
    catalog,
    secrets,
    keys: createKeys(table),
    usage,
    send,
    googleTokens: createGoogleTokens(send, Date.now),
    fetchMedia,
    images: createImages({ fetchMedia, urlSeconds: vision.urlSeconds, now: Date.now }),
    descriptions: createDescriptions({
      table: createDescriptionTable({ table, ttlSeconds: vision.cache.ttlSeconds }),
      settings: vision.cache,
      log,
      now: Date.now,
    }),
    sign: createSign(),
    log,
    checks: {
      table: () => checkTable(table),
      secrets: async () => void (await secrets.masterKey()),
      configuration: async () => void catalog.models,
    },
    now: Date.now,
    newId: () => randomUUID().replaceAll('-', ''),
  };
}

/** The parts of a function: secrets from Secrets Manager, each record written at once. */
export function lambdaParts(env: FunctionEnv, catalog: Catalog, log: Log): Parts {
  const table = openTable(env.SLUICE_TABLE);
  const { retentionDays } = catalog.config.usage;
  const secrets = createSecrets({
    masterKeySecret: env.SLUICE_MASTER_KEY_SECRET,
    providerKeysSecret: env.SLUICE_PROVIDER_KEYS_SECRET,
    log,
  });
  return createParts({ catalog, log, table, secrets, usage: writeEach({ table, retentionDays, log }) });
}

async function checkTable({ client, name }: Table): Promise<void> {
  await client.send(new GetItemCommand({ TableName: name, Key: { pk: { S: 'HEALTH' }, sk: { S: 'READY' } } }));
}
