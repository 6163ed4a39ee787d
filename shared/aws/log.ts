import { Logger } from '@aws-lambda-powertools/logger';
import type { Records } from '../accounting/record.ts';
import type { Log } from '../log.ts';
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

/** Causes as text: an error object of an SDK holds the whole request, headers and all. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  const { cause, ...rest } = fields;
  return cause === undefined ? rest : { ...rest, cause: describeCause(cause) };
}
