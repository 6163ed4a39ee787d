import { randomUUID } from 'node:crypto';
import { createRates } from '../accounting/limits/rates.ts';
import type { Records } from '../accounting/record.ts';
import { systemTime } from '../async/time.ts';
import type { JwtConfig } from '../catalog/callers.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { FunctionEnv } from '../env.ts';
import type { GatewayPorts } from '../gateway/ports.ts';
import { createTokens, type Tokens } from '../identity/tokens.ts';
import type { Log } from '../log.ts';
import { createFetchMedia } from '../media/fetch.ts';
import { createFetchText } from '../media/fetch-text.ts';
import { createImages } from '../media/load-image.ts';
import { createSend } from '../upstream/send.ts';
import { createServiceAccountTokens } from '../upstream/service-account.ts';
import { createGroups, type RememberedGroups } from './groups.ts';
import { createKeySets } from './issuers/key-sets.ts';
import { createKeys, type RememberedKeys } from './keys.ts';
import { createDescriptions } from './memory/descriptions.ts';
import { createKeptResponses } from './memory/kept-responses.ts';
import { createOwnUsage } from './own-usage.ts';
import { createScopes } from './scopes.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSign } from './sign.ts';
import { checkTable, openTable, type Table } from './table.ts';
import { writeEach } from './usage.ts';

interface Given {
  catalog: Catalog;
  log: Log;
  table: Table;
  secrets: Secrets;
  records: Records;
  /** How long a request waits for its limits; as long as `createRates` says unless given. */
  limitsMs?: number;
}

/** Those of a process that may also administer: it can forget what it remembers. */
interface HostPorts extends GatewayPorts {
  keys: RememberedKeys;
  groups: RememberedGroups;
}

/** The gateway's ports over a table, wherever that table and the secrets are. */
export function createPorts({ catalog, log, table, secrets, records, limitsMs }: Given): HostPorts {
  const time = systemTime;
  const { config } = catalog;
  const { media, vision, jwt } = config;
  const send = createSend(time);
  const fetchMedia = createFetchMedia(media, time);
  return {
    catalog,
    config,
    ...secrets,
    keys: createKeys({ table, time, log }),
    groups: createGroups({ table, time, log }),
    ...(jwt ? { tokens: openTokens(jwt, { table, log }) } : {}),
    rates: createRates({
      scopes: createScopes(table, time),
      log,
      time,
      ...(limitsMs === undefined ? {} : { tableMs: limitsMs }),
    }),
    kept: createKeptResponses({ table, time, log }),
    records,
    ownUsage: createOwnUsage({ table, retentionDays: config.usage.retentionDays, time }),
    send,
    serviceAccountTokens: createServiceAccountTokens(send, time),
    fetchMedia,
    images: createImages({ fetchMedia, urlSeconds: vision.urlSeconds, time }),
    descriptions: createDescriptions({ catalog, log, table }),
    sign: createSign(time),
    log,
    checks: {
      table: () => checkTable(table),
      secrets: async () => void (await secrets.masterKeys()),
    },
    time,
    facts: () => ({}),
    newId: () => randomUUID().replaceAll('-', ''),
  };
}

/** An issuer's answers: its keys, and where they are. */
const ISSUER_BYTES = 64 * 1024;
const ISSUER_MS = 3_000;

function openTokens({ issuers, trustedHosts }: JwtConfig, { table, log }: Pick<Given, 'table' | 'log'>): Tokens {
  const guard = { trustedHosts, maxBytes: ISSUER_BYTES, timeoutMs: ISSUER_MS };
  const fetchText = createFetchText(guard, systemTime);
  return createTokens({ issuers, fetchText, store: createKeySets(table), log, time: systemTime });
}

/** The ports of a function: secrets from Secrets Manager, each record written at once. */
export function lambdaPorts(env: FunctionEnv, catalog: Catalog, log: Log, report: Records['report']): GatewayPorts {
  const table = openTable(env.SLUICE_TABLE);
  const { retentionDays } = catalog.config.usage;
  const secrets = createSecrets({
    masterKeySecret: env.SLUICE_MASTER_KEY_SECRET,
    providerKeysSecret: env.SLUICE_PROVIDER_KEYS_SECRET,
    log,
    time: systemTime,
  });
  return createPorts({
    catalog,
    log,
    table,
    secrets,
    records: { report, ...writeEach({ table, retentionDays, log }) },
  });
}
