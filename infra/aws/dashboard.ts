import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Place } from '../../shared/aws/metrics.ts';
import type { Admin } from './admin.ts';
import type { Gateway } from './gateway.ts';
import { logQueries } from './log-queries.ts';
import { failedPercent, functionMetric, ownMetric, tableMetric } from './metrics.ts';

interface DashboardProps {
  name: string;
  gateway: Gateway;
  admin: Admin;
  table: Table;
  /** Whose metrics are shown. */
  place: Place;
  alarms: readonly Alarm[];
}

/** All there is to see on one page: first whether it works, then for whom and for what, then what went wrong. */
export function makeDashboard(
  scope: Construct,
  { name, gateway, admin, table, place, alarms }: DashboardProps,
): Dashboard {
  const ask = (title: string, queryLines: readonly string[], height = 6, log = gateway.logGroup): IWidget =>
    new LogQueryWidget({
      title,
      logGroupNames: [log.logGroupName],
      queryLines: [...queryLines],
      width: 12,
      height,
    });
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: name,
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })],
      conversations(place),
      platform(gateway, table),
      administration(admin, place),
      [ask('Models', logQueries.models), ask('Callers', logQueries.callers)],
      [ask('Failed requests', logQueries.failures), ask('Cold starts', logQueries.coldStarts)],
      [ask('Errors', logQueries.errors, 8), ask('Usage that could not be written', logQueries.unwritten, 8)],
      [
        ask('Administration: errors', logQueries.errors, 6, admin.logGroup),
        ask('Administration: failed sign-ins', logQueries.signIns, 6, admin.logGroup),
      ],
    ],
  });
}

/** What callers got. */
const conversations = (place: Place): IWidget[] => [
  graph('Requests', [ownMetric(place, 'requests', 'Sum'), ownMetric(place, 'failures', 'Sum')], [failedPercent(place)]),
  graph('Time to the first token, ms', percentiles(place, 'firstToken')),
  graph('Duration, ms', percentiles(place, 'duration')),
  graph('Tokens', [ownMetric(place, 'inputTokens', 'Sum', 'input'), ownMetric(place, 'outputTokens', 'Sum', 'output')]),
];

/** What it stands on. */
const platform = ({ function: target }: Gateway, table: Table): IWidget[] => [
  graph('Address', [
    functionMetric(target, 'UrlRequestCount', 'Sum', 'requests'),
    functionMetric(target, 'Url4xxCount', 'Sum', '4xx'),
    functionMetric(target, 'Url5xxCount', 'Sum', '5xx'),
  ]),
  graph(
    'Function: runs',
    [functionMetric(target, 'ConcurrentExecutions', 'Maximum', 'most at once')],
    [functionMetric(target, 'Throttles', 'Sum', 'throttled'), functionMetric(target, 'Errors', 'Sum', 'dead')],
  ),
  graph('Function: billed time, ms', [
    functionMetric(target, 'Duration', 'p50', 'p50'),
    functionMetric(target, 'Duration', 'p95', 'p95'),
  ]),
  graph(
    'Table',
    [
      tableMetric(table, 'ConsumedReadCapacityUnits', 'read units'),
      tableMetric(table, 'ConsumedWriteCapacityUnits', 'write units'),
    ],
    [
      tableMetric(table, 'ReadThrottleEvents', 'reads throttled'),
      tableMetric(table, 'WriteThrottleEvents', 'writes throttled'),
    ],
  ),
];

/** Who administers it, and who tries to. */
const administration = ({ function: target }: Admin, place: Place): IWidget[] => [
  graph('Administration: address', [
    functionMetric(target, 'UrlRequestCount', 'Sum', 'requests'),
    functionMetric(target, 'Url4xxCount', 'Sum', '4xx'),
    functionMetric(target, 'Url5xxCount', 'Sum', '5xx'),
  ]),
  graph('Administration: runs', [
    functionMetric(target, 'Throttles', 'Sum', 'throttled'),
    functionMetric(target, 'Errors', 'Sum', 'dead'),
  ]),
  graph('Administration: time, ms', [
    functionMetric(target, 'Duration', 'p50', 'p50'),
    functionMetric(target, 'Duration', 'Maximum', 'longest'),
  ]),
  graph('Administration: wrong keys', [ownMetric(place, 'failedSignIns', 'Sum', 'failed sign-ins')]),
];

const percentiles = (place: Place, name: 'firstToken' | 'duration'): IMetric[] => [
  ownMetric(place, name, 'p50', 'p50'),
  ownMetric(place, name, 'p95', 'p95'),
];

const graph = (title: string, left: IMetric[], right: IMetric[] = []): IWidget =>
  new GraphWidget({ title, left, right, leftYAxis: { min: 0 }, rightYAxis: { min: 0 }, width: 6, height: 6 });
