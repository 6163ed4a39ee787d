import { readFileSync } from 'node:fs';
import { lambdaOperationsPorts } from '../../shared/aws/admin/ports.ts';
import { lambdaLog } from '../../shared/aws/log.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { adminEnv, parseEnv } from '../../shared/env.ts';
import { lambdaHandler } from '../../shared/hosts/lambda.ts';
import { createAdmin } from '../../shared/operations/admin.ts';

const env = parseEnv(adminEnv, process.env);
const log = lambdaLog({ level: env.LOG_LEVEL, place: { stage: env.SLUICE_STAGE, region: env.AWS_REGION } });

// A floating rejection would end the sandbox, and with it the next caller's warm start.
process.on('unhandledRejection', (cause) => log.error('unhandled rejection', { cause }));

const catalog = loadCatalog(JSON.parse(readFileSync(new URL('gateway.config.json', import.meta.url), 'utf8')));

/** The administration: keys, groups, usage, audit and cache, behind a URL of its own. */
export const handler = lambdaHandler(createAdmin(lambdaOperationsPorts(env, catalog, log)), log);
