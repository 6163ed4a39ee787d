import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { metricNames, type Place, serviceName } from '../../shared/aws/metrics.ts';

/** What a point on a graph stands for, and what an alarm looks at. */
export const period = Duration.minutes(5);

type OwnMetric = 'requests' | 'failures' | 'firstToken' | 'duration' | 'inputTokens' | 'outputTokens' | 'failedSignIns';

/** What the gateway counts itself: conversations, failures inside a stream included. */
export function ownMetric(place: Place, name: OwnMetric, statistic: string, label: string = name): Metric {
  return new Metric({
    namespace: metricNames.namespace,
    metricName: metricNames[name],
    // Powertools names its one dimension so.
    dimensionsMap: { service: serviceName(place) },
    statistic,
    label,
    period,
  });
}

/** The share of failures; where `atLeast` is given, 0 while there are fewer requests than that. */
export const failedPercent = (place: Place, atLeast = 1): MathExpression =>
  new MathExpression({
    expression: `IF(requests >= ${atLeast}, 100 * failures / requests, 0)`,
    usingMetrics: { requests: ownMetric(place, 'requests', 'Sum'), failures: ownMetric(place, 'failures', 'Sum') },
    label: 'failed, %',
    period,
  });

type FunctionMetric =
  | 'UrlRequestCount'
  | 'Url4xxCount'
  | 'Url5xxCount'
  | 'ConcurrentExecutions'
  | 'Throttles'
  | 'Errors'
  | 'Duration';

/** What Lambda counts: every request to the address, those that never reach our code among them. */
export const functionMetric = (target: IFunction, name: FunctionMetric, statistic: string, label: string): Metric =>
  target.metric(name, { statistic, label, period });

type TableMetric =
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits'
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents';

/** What DynamoDB counts for a table. */
export const tableMetric = (table: Table, name: TableMetric, label: string): Metric =>
  table.metric(name, { statistic: 'Sum', label, period });
