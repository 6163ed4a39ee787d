import { Logger } from '@aws-lambda-powertools/logger';
import type { Records } from '../accounting/record.ts';
import { bounded, type Log } from '../log.ts';
import { describeCause } from './describe-cause.ts';
import { createMetrics, type Place, serviceName } from './metrics.ts';

type Level = NonNullable<NonNullable<ConstructorParameters<typeof Logger>[0]>['logLevel']>;

/** The log of a function: JSON lines for CloudWatch, and the request's metrics beside its line. Never a key, never a prompt. */
export function lambdaLog({ level, place }: { level: Level; place: Place }): Log & Pick<Records, 'report'> {
  const logger = new Logger({ serviceName: serviceName(place), logLevel: level });
  const publishMetrics = createMetrics(place);
  return {
    report(record) {
      logger.info('request', { ...record });
      publishMetrics(record);
    },
    warn: (message, fields = {}) => logger.warn(message, plain(fields)),
    error: (message, fields = {}) => logger.error(message, plain(fields)),
  };
}

/** Longer texts are cut: CloudWatch refuses a line of more than 1 MB. */
const MOST_CHARACTERS = 2_000;

/** Texts bounded, causes as text: an error object of an SDK holds the whole request, headers and all. */
function plain({ cause, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const rest = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? bounded(value, MOST_CHARACTERS) : value,
  ]);
  return { ...Object.fromEntries(rest), ...(cause === undefined ? {} : { cause: describeCause(cause) }) };
}
