import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { logQueries } from '../../infra/aws/log-queries.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { lambdaLog } from '../../shared/aws/log.ts';
import { createMetrics } from '../../shared/aws/metrics.ts';
import { SIGN_IN_FAILED } from '../../shared/operations/sign-in.ts';
import { alarmsOf, functionCalled, metricsIn, plainText, written } from './alarms.ts';
import { resources, templateWith, theOnly } from './synthesize.ts';

describe('the alarms', () => {
  test('watch the error rate, the runs that died, and P95 of the time to the first token', () => {
    const { ErrorRate, DeadRuns, SlowFirstToken, ...more } = alarmsOf(templateWith());
    expect(Object.keys(more).every((name) => name.startsWith('Admin'))).toBe(true);
    expect(ErrorRate).toMatchObject({
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
    expect(ErrorRate!.Metrics![0]!.Expression).toBe('IF(requests >= 10, 100 * failures / requests, 0)');
    expect(DeadRuns!.Metrics![0]!.MetricStat!.Metric).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors' });
    expect(SlowFirstToken).toMatchObject({ Threshold: 5000, ComparisonOperator: 'GreaterThanThreshold' });
    expect(SlowFirstToken!.Metrics![0]!.Expression).toBe('IF(answers >= 10, p95, 0)');
    expect(SlowFirstToken!.Metrics!.map(({ MetricStat }) => MetricStat)).toContainEqual(
      expect.objectContaining({ Stat: 'p95', Period: 300 }),
    );
  });

  test('are silent while there are no requests', () => {
    for (const alarm of Object.values(alarmsOf(templateWith()))) expect(alarm.TreatMissingData).toBe('notBreaching');
  });

  test('carry the fact, the first steps with a query to paste, and where to look, in as much text as CloudWatch takes', () => {
    for (const alarm of Object.values(alarmsOf(templateWith()))) {
      const text = plainText(alarm.AlarmDescription);
      expect(text).toMatch(/^[A-Z].*\n1\. In Logs Insights: filter .*\n2\. .*\n3\. /);
      expect(text).toContain('#dashboards/dashboard/Sluice-eu-central-1');
      expect(text).toContain("README.md, 'Watch'");
      expect(text.length).toBeLessThan(1024);
    }
  });

  test('look at metrics that the gateway writes, under the names it writes them with', async () => {
    const own = Object.values(alarmsOf(templateWith({ stage: 'test' })))
      .flatMap(metricsIn)
      // That of wrong keys is made of log lines: see below.
      .filter(({ Namespace, MetricName }) => !Namespace.startsWith('AWS/') && MetricName !== 'FailedSignIns');
    expect(own.length).toBeGreaterThan(3);
    const [line] = written(() => createMetrics({ stage: 'test', region: 'eu-central-1' })(record));
    const { CloudWatchMetrics } = line!._aws as {
      CloudWatchMetrics: [{ Dimensions: string[][]; Metrics: { Name: string }[] }];
    };
    for (const { Namespace, MetricName, Dimensions } of own) {
      expect(CloudWatchMetrics[0]).toMatchObject({ Namespace, Dimensions: [Dimensions.map(({ Name }) => Name)] });
      for (const { Name, Value } of Dimensions) expect(line).toHaveProperty(Name, plainText(Value));
      expect(CloudWatchMetrics[0].Metrics.map(({ Name }) => Name)).toContain(MetricName);
    }
  });

  // Lambda counts for the function what came by any of its aliases; a metric of one version would end with the next deployment.
  test('and the dashboard look at the metrics of the whole function, never of one version', () => {
    const template = templateWith();
    const ids = (['Gateway', 'Admin'] as const).map((name) => functionCalled(template, name));
    const watched = Object.values(alarmsOf(template))
      .flatMap(metricsIn)
      .filter(({ Namespace }) => Namespace === 'AWS/Lambda');
    expect(new Set(watched.map(({ Dimensions }) => JSON.stringify(Dimensions)))).toEqual(
      new Set(ids.map((id) => JSON.stringify([{ Name: 'FunctionName', Value: { Ref: id } }]))),
    );
    const shown = metricsOf(template).filter(({ namespace }) => namespace === 'AWS/Lambda');
    expect(shown.map(({ name }) => name)).toEqual(expect.arrayContaining(['Url5xxCount', 'Throttles', 'Errors']));
    for (const id of ids) expect(shown.map(({ dimensions }) => dimensions)).toContainEqual([['FunctionName', id]]);
    for (const { dimensions } of shown) expect(ids.map((id) => [['FunctionName', id]])).toContainEqual(dimensions);
  });

  test('are not sent unless an address is configured', () => {
    const template = templateWith();
    template.resourceCountIs('AWS::SNS::Topic', 0);
    for (const { AlarmActions } of Object.values(alarmsOf(template))) expect(AlarmActions).toBeUndefined();
  });

  test('are sent to the configured address, when they begin and when they end', () => {
    const template = templateWith({ alarmEmail: 'owner@example.com' });
    const [topic] = Object.keys(resources(template, 'AWS::SNS::Topic'));
    expect(theOnly(template, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'email',
      Endpoint: 'owner@example.com',
      TopicArn: { Ref: topic },
    });
    for (const { AlarmActions, OKActions } of Object.values(alarmsOf(template))) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: [{ Ref: topic }], OKActions: [{ Ref: topic }] });
    }
  });

  test("may publish to the topic, of this account's only and over TLS only", () => {
    const template = templateWith({ alarmEmail: 'owner@example.com' });
    const { PolicyDocument } = theOnly(template, 'AWS::SNS::TopicPolicy') as {
      PolicyDocument: { Statement: unknown[] };
    };
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });
});

test.each<[number, NonNullable<UsageRecord['error']>, number]>([
  [499, 'caller_left', 0],
  [400, 'invalid_request', 0],
  [502, 'upstream', 1],
  [400, 'upstream_auth', 1],
])('a request that ended with %d (%s) counts as %d failures', (status, error, failures) => {
  const [line] = written(() => createMetrics({ stage: 'test', region: 'eu-central-1' })({ ...record, status, error }));
  expect(line).toMatchObject({ Requests: 1, Failures: failures });
});

describe('the dashboard', () => {
  test('shows the alarms, conversations, the platform, and what the log says', () => {
    const { DashboardName, DashboardBody } = theOnly(templateWith(), 'AWS::CloudWatch::Dashboard');
    expect(plainText(DashboardName)).toBe('Sluice-eu-central-1');
    const { widgets } = JSON.parse(plainText(DashboardBody)) as { widgets: { properties: { title: string } }[] };
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      'Alarms',
      'Requests',
      'Time to the first token, ms',
      'Duration, ms',
      'Tokens',
      'Address',
      'Function: runs',
      'Function: billed time, ms',
      'Table',
      'Administration: address',
      'Administration: runs',
      'Administration: time, ms',
      'Administration: wrong keys',
      'Models',
      'Callers',
      'Failed requests',
      'Cold starts',
      'Errors',
      'Usage that could not be written',
      'Administration: errors',
      'Administration: failed sign-ins',
    ]);
  });

  test.each(Object.entries(logQueries))('asks the log for fields that its lines have: %s', (_name, query) => {
    const log = lambdaLog({ level: 'INFO', place: { stage: undefined, region: 'eu-central-1' } });
    const lines = written(() => {
      log.report(record);
      log.error('usage_unwritten', { record, cause: new Error('the table is away') });
      log.warn(SIGN_IN_FAILED, { address: '192.0.2.1', reason: 'Incorrect API key provided.' });
      log.error('a request failed inside the gateway', { requestId: record.requestId, cause: new Error('a bug') });
    });
    const known = new Set(lines.flatMap((line) => fieldsOf(line)));
    for (const field of fieldsAskedFor(query)) expect(known).toContain(field);
  });
});

/** The metrics of all graphs; each reference stands as the id of what it refers to. */
function metricsOf(template: Template): { namespace: string; name: string; dimensions: string[][] }[] {
  const { DashboardBody } = theOnly(template, 'AWS::CloudWatch::Dashboard');
  const [separator, parts] = (DashboardBody as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'];
  const body = parts.map((part) => (typeof part === 'string' ? part : part.Ref)).join(separator);
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics?: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((metric) => {
      const [namespace, name, ...rest] = metric.filter((part) => typeof part === 'string');
      if (namespace === undefined || name === undefined) return [];
      const dimensions = rest.flatMap((part, index) => (index % 2 === 0 ? [[part, rest[index + 1]!]] : []));
      return [{ namespace, name, dimensions }];
    }),
  );
}

const record: UsageRecord = {
  requestId: 'r1',
  time: '2026-01-02T03:04:05.678Z',
  caller: 'key1',
  callerName: 'team',
  purpose: 'chat',
  dialect: 'openai-chat',
  askedModel: 'fast',
  provider: 'openai',
  model: 'gpt-4o',
  attempts: [{ purpose: 'answer', provider: 'p', model: 'm', startedMs: 0, totalMs: 5 }],
  usage: { input: 10, output: 5 },
  firstTokenMs: 120,
  totalMs: 900,
  status: 502,
  streamed: true,
  error: 'upstream',
};

/** Names of all fields of a line, inner ones with dots, as Logs Insights calls them. */
const fieldsOf = (value: object): string[] =>
  Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null ? fieldsOf(inner).map((field) => `${name}.${field}`) : [name],
  );

const words = /^(?:filter|stats|sort|limit|display|parse|count|sum|pct|latest|bin|by|as|and|or|like|desc|\d+h?)$/;

/** What a query reads of a line: its words without strings, patterns, the language, and names of its own. */
function fieldsAskedFor(query: readonly string[]): string[] {
  const text = query.join(' | ');
  const own = [...text.matchAll(/(?:\bas |\(\?<)(\w+)/g)].map(([, name]) => name);
  const names = text.replace(/'[^']*'|\/[^/]*\//g, ' ').match(/[@\w.]+/g) ?? [];
  return names.filter((name) => !words.test(name) && !name.startsWith('@') && !own.includes(name));
}
