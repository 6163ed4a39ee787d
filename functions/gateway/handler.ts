import { readFileSync } from 'node:fs';
import { lambdaLog } from '../../shared/aws/log.ts';
import { lambdaPorts } from '../../shared/aws/ports.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { readFacts } from '../../shared/catalog/model-facts.ts';
import { functionEnv, parseEnv } from '../../shared/env.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { lambdaHandler } from '../../shared/hosts/lambda.ts';

const env = parseEnv(functionEnv, process.env);
const log = lambdaLog({ level: env.LOG_LEVEL, place: { stage: env.SLUICE_STAGE, region: env.AWS_REGION } });

// A floating rejection would end the sandbox, and with it the next caller's warm start.
process.on('unhandledRejection', (cause) => log.error('unhandled rejection', { cause }));

const readJson = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const catalog = loadCatalog(readJson('gateway.config.json'));
const facts = readFacts(
  () => readJson('gateway.models.json'),
  (cause) => log.warn('the table of models cannot be read', { cause }),
);

/** The data plane: every path callers use, behind one streamed function URL. */
export const handler = lambdaHandler(createGateway({ ...lambdaPorts(env, catalog, log, log.report), facts }), log);
