import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricNames, type Place } from '../../shared/aws/metrics.ts';
import { SIGN_IN_FAILED } from '../../shared/operations/sign-in.ts';
import { type Admin, TIMEOUT_SECONDS } from './admin.ts';
import { makeAlarm } from './alarm.ts';
import { logQueries } from './log-queries.ts';
import { functionMetric, ownMetric } from './metrics.ts';

const MOST_FAILED = 2;
const MOST_THROTTLED = 0;
/** Of its time-out, in milliseconds. */
const SLOWEST_MS = 0.8 * TIMEOUT_SECONDS * 1000;
const MOST_FAILED_SIGN_INS = 10;

interface AdminAlarmsProps {
  /** What their names begin with. */
  name: string;
  admin: Admin;
  /** Whose metrics are watched. */
  place: Place;
  dashboardUrl: string;
}

/** What is worth waking a person at the administration: it fails, is kept from running, is too slow, or somebody tries keys. */
export class AdminAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { name, admin, place, dashboardUrl }: AdminAlarmsProps) {
    super(scope, id);
    countFailedSignIns(this, admin);
    const common = { name, dashboardUrl };
    // Runs that died are among them: the address answers for them with 502.
    const errors = makeAlarm(this, 'AdminErrors', {
      ...common,
      metric: functionMetric(admin.function, 'Url5xxCount', 'Sum', '5xx'),
      threshold: MOST_FAILED,
      fact: `More than ${MOST_FAILED} requests to the administration failed in 5 minutes (log group of the admin function).`,
      query: logQueries.errors,
      runbook: [
        "503: the table was away; see 'npm run sluice -- status'.",
        "'Task timed out' or 'Runtime exited': narrow the days of the usage report; keys and limits hold meanwhile.",
      ],
    });
    const throttles = makeAlarm(this, 'AdminThrottles', {
      ...common,
      metric: functionMetric(admin.function, 'Throttles', 'Sum', 'throttled'),
      threshold: MOST_THROTTLED,
      fact: 'Requests to the administration were not run: the concurrency of the account was used up, so no key could be revoked.',
      query: logQueries.signIns,
      runbook: [
        'Many failed sign-ins from few addresses: somebody tries keys; keep them off with a WAF, or take the permission of the URL away.',
        'Otherwise the data plane used it up: set aws.reservedConcurrency below the limit of the account and deploy.',
      ],
    });
    const slow = makeAlarm(this, 'AdminSlow', {
      ...common,
      metric: functionMetric(admin.function, 'Duration', 'Maximum', 'longest'),
      threshold: SLOWEST_MS,
      fact: `A request to the administration took over ${SLOWEST_MS / 1000} s; at ${TIMEOUT_SECONDS} s it is cut off.`,
      query: logQueries.errors,
      runbook: [
        'A usage report: ask for fewer days, or for one day at a time.',
        'Anything else: look at the throttles of the table on the dashboard.',
      ],
    });
    const signIns = makeAlarm(this, 'AdminSignIns', {
      ...common,
      metric: ownMetric(place, 'failedSignIns', 'Sum', 'failed sign-ins'),
      threshold: MOST_FAILED_SIGN_INS,
      fact: `More than ${MOST_FAILED_SIGN_INS} wrong keys were tried at the administration in 5 minutes.`,
      query: logQueries.signIns,
      runbook: [
        'Your own addresses: a key was revoked, has expired or was changed; give its program the new one.',
        "Others: 'npm run sluice -- audit' says whether anything was changed; each address waits after ten wrong keys a minute.",
      ],
    });
    this.all = [errors, throttles, slow, signIns];
  }
}

/** From the log into a metric: the function itself needs nothing for it. */
function countFailedSignIns(scope: Construct, { logGroup }: Admin): void {
  new MetricFilter(scope, 'FailedSignIns', {
    logGroup,
    filterPattern: FilterPattern.stringValue('$.message', '=', SIGN_IN_FAILED),
    metricNamespace: metricNames.namespace,
    metricName: metricNames.failedSignIns,
    metricValue: '1',
    // Every line says which gateway wrote it: stages and regions stay apart.
    dimensions: { service: '$.service' },
  });
}
