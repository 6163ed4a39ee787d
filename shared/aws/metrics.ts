import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { UsageRecord } from '../accounting/record.ts';

/** Names shared with the dashboard and the alarms. Dimensions cost money by the set: service, and no more. */
export const metricNames = {
  namespace: 'Sluice',
  requests: 'Requests',
  failures: 'Failures',
  firstToken: 'TimeToFirstToken',
  duration: 'Duration',
  inputTokens: 'InputTokens',
  outputTokens: 'OutputTokens',
  /** Of the administration; made of its log lines. */
  failedSignIns: 'FailedSignIns',
} as const;

/** Which of several gateways: they may stand in one account, and metrics of several regions may be collected in one place. */
export interface Place {
  stage: string | undefined;
  region: string;
}

/** The service that a gateway's metrics and log lines name, so that they are not those of another one: `sluice-us-east-1`, `sluice-test-us-east-1`. */
export const serviceName = ({ stage, region }: Place): string =>
  ['sluice', stage, region].filter((part) => part !== undefined).join('-');

/** Writes the metrics of requests into the log, from where CloudWatch takes them (embedded metric format). */
export function createMetrics(place: Place): (record: UsageRecord) => void {
  const metrics = new Metrics({ namespace: metricNames.namespace, serviceName: serviceName(place) });
  return ({ status, error, usage, streamed, firstTokenMs, totalMs }) => {
    metrics.addMetric(metricNames.requests, MetricUnit.Count, 1);
    // What the gateway or a provider failed at; a caller's own mistake is none, a key that a provider refused is not the caller's.
    const isFailure = status >= 500 || error === 'upstream_auth';
    metrics.addMetric(metricNames.failures, MetricUnit.Count, isFailure ? 1 : 0);
    metrics.addMetric(metricNames.duration, MetricUnit.Milliseconds, totalMs);
    // The first token of a whole reply is its last: it says how long the answer was, not how slow we are.
    if (streamed && firstTokenMs !== undefined)
      metrics.addMetric(metricNames.firstToken, MetricUnit.Milliseconds, firstTokenMs);
    if (usage) {
      metrics.addMetric(metricNames.inputTokens, MetricUnit.Count, usage.input);
      metrics.addMetric(metricNames.outputTokens, MetricUnit.Count, usage.output);
    }
    metrics.publishStoredMetrics();
  };
}
