import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

interface AlarmProps {
  /** What its name begins with. */
  name: string;
  metric: IMetric;
  /** What it must be above. */
  threshold: number;
  /** Of the last so many spans of 5 minutes, as many must be above it; the last one unless given. */
  spans?: { last: number; bad: number };
  fact: string;
  /** What to ask the log first. */
  query: readonly string[];
  runbook: readonly string[];
  dashboardUrl: string;
}

/** An alarm that says what is the case, what to do first, and where to look. Silent while nothing is asked. */
export function makeAlarm(scope: Construct, id: string, given: AlarmProps): Alarm {
  const { name, metric, threshold, spans = { last: 1, bad: 1 } } = given;
  return new Alarm(scope, id, {
    alarmName: `${name}-${id}`,
    metric,
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    evaluationPeriods: spans.last,
    ...(spans.last === spans.bad ? {} : { datapointsToAlarm: spans.bad }),
    alarmDescription: describe(given),
  });
}

/** The text an alarm is sent with; CloudWatch takes 1,024 characters. */
function describe({ fact, query, runbook, dashboardUrl }: AlarmProps): string {
  const steps = [`In Logs Insights: ${query.join(' | ')}`, ...runbook].map((step, index) => `${index + 1}. ${step}`);
  return [fact, ...steps, `Dashboard: ${dashboardUrl}`, "More: README.md, 'Watch'"].join('\n');
}
