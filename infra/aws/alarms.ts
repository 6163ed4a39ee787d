import { type Alarm, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Place } from '../../shared/aws/metrics.ts';
import { makeAlarm } from './alarm.ts';
import { logQueries } from './log-queries.ts';
import { failedPercent, functionMetric, ownMetric, period } from './metrics.ts';

/** Fewer requests than this in five minutes say nothing about a share or a percentile. */
const FEWEST = 10;
const MOST_FAILED_PERCENT = 10;
const MOST_DEAD_RUNS = 2;
const SLOWEST_FIRST_TOKEN_MS = 5_000;

interface AlarmsProps {
  /** What their names begin with. */
  name: string;
  function: IFunction;
  /** Whose metrics are watched. */
  place: Place;
  dashboardUrl: string;
}

/** What is worth waking a person. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { name, function: target, place, dashboardUrl }: AlarmsProps) {
    super(scope, id);
    const errorRate = makeAlarm(this, 'ErrorRate', {
      name,
      metric: failedPercent(place, FEWEST),
      threshold: MOST_FAILED_PERCENT,
      fact: `More than ${MOST_FAILED_PERCENT} % of at least ${FEWEST} requests failed in 5 minutes, streams that broke off among them.`,
      query: logQueries.failures,
      runbook: [
        'One provider: see its status page; put another target behind it in the configuration and deploy.',
        "error 'upstream_auth': its key is wrong; write a new one (output WriteProviderKeys), it holds within 5 minutes.",
        "error 'internal': a bug; set the address back to the last good version (output RollBack).",
      ],
      dashboardUrl,
    });
    // Disjoint from the rate above: a run that dies cannot count its own failure.
    const deadRuns = makeAlarm(this, 'DeadRuns', {
      name,
      metric: functionMetric(target, 'Errors', 'Sum', 'dead runs'),
      threshold: MOST_DEAD_RUNS,
      fact: `More than ${MOST_DEAD_RUNS} runs of the function died in 5 minutes: it did not start, ran out of memory or out of time.`,
      query: logQueries.errors,
      runbook: [
        'Since a deployment: set the address back to the last good version (output RollBack).',
        "'Runtime exited … signal: killed': raise aws.memoryMb in the configuration and deploy.",
        "'Task timed out': find its request in the log; lower timeouts.totalMs below aws.timeoutSeconds.",
      ],
      dashboardUrl,
    });
    const slowFirstToken = makeAlarm(this, 'SlowFirstToken', {
      name,
      metric: p95FirstToken(place),
      threshold: SLOWEST_FIRST_TOKEN_MS,
      // Five bad minutes in a quarter of an hour are a provider's hiccup.
      spans: { last: 3, bad: 2 },
      fact: `P95 of the time to the first token was over ${SLOWEST_FIRST_TOKEN_MS / 1000} s in two of the last three spans of 5 minutes.`,
      query: logQueries.slowness,
      runbook: [
        'One model: its provider is slow; put a faster target before it in the configuration and deploy.',
        'All models: look at throttles and cold starts on the dashboard; raise the concurrency or aws.memoryMb.',
      ],
      dashboardUrl,
    });
    this.all = [errorRate, deadRuns, slowFirstToken];
  }
}

const p95FirstToken = (place: Place): IMetric =>
  new MathExpression({
    expression: `IF(answers >= ${FEWEST}, p95, 0)`,
    usingMetrics: {
      answers: ownMetric(place, 'firstToken', 'SampleCount'),
      p95: ownMetric(place, 'firstToken', 'p95'),
    },
    label: 'P95 to the first token, ms',
    period,
  });
