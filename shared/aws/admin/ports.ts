import { randomBytes, randomUUID } from 'node:crypto';
import { systemTime, type Time } from '../../async/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { AdminFunctionEnv } from '../../env.ts';
import type { Checks } from '../../gateway/readiness.ts';
import type { Log } from '../../log.ts';
import type { OperationsPorts } from '../../operations/ports.ts';
import { createDescriptions } from '../memory/descriptions.ts';
import { createMasterKeys } from '../secrets.ts';
import { checkTable, openTable, type Table } from '../table.ts';
import { createAudit } from './audit.ts';
import { createGroupStore } from './groups.ts';
import { createAdminKeyStore, createKeyStore } from './stores.ts';
import { createUsageRecords } from './usage-records.ts';

/** The ports of the function. */
export function lambdaOperationsPorts(env: AdminFunctionEnv, catalog: Catalog, log: Log): OperationsPorts {
  const table = openTable(env.SLUICE_TABLE);
  const time = systemTime;
  const masterKeys = createMasterKeys({ masterKeySecret: env.SLUICE_MASTER_KEY_SECRET, log, time });
  return createOperationsPorts({
    catalog,
    table,
    log,
    time,
    masterKeys,
    descriptions: createDescriptions({ catalog, log, table }),
    checks: { table: () => checkTable(table), secrets: async () => void (await masterKeys()) },
  });
}

interface Given {
  catalog: Catalog;
  table: Table;
  log: Log;
  time: Time;
  masterKeys: OperationsPorts['masterKeys'];
  descriptions: OperationsPorts['descriptions'];
  checks: Checks;
  keyChanged?: OperationsPorts['keyChanged'];
  groupChanged?: OperationsPorts['groupChanged'];
}

/** The ports of the administration over a table, wherever that table is. */
export function createOperationsPorts({
  table,
  keyChanged = () => {},
  groupChanged = () => {},
  ...given
}: Given): OperationsPorts {
  const audit = createAudit({ table, ...given });
  return {
    ...given,
    keyChanged,
    groupChanged,
    keys: createKeyStore({ table, audit }),
    groups: createGroupStore({ table, audit }),
    adminKeys: createAdminKeyStore({ table, audit }),
    audit: { list: audit.list, write: audit.log },
    usage: createUsageRecords(table),
    newId: () => randomUUID().replaceAll('-', ''),
    entropy: (size) => randomBytes(size),
  };
}
