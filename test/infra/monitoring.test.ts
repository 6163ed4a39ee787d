import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test, vi } from 'vitest';
import { logQueries } from '../../infra/aws/log-queries.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { lambdaLog } from '../../shared/aws/log.ts';
import { createMetrics } from '../../shared/aws/metrics.ts';
import { resources, templateWith, theOnly } from './synthesize.ts';

interface Alarm {
  AlarmDescription: unknown;
  TreatMissingData: string;
  Threshold: number;
  ComparisonOperator: string;
  AlarmActions?: unknown[];
  OKActions?: unknown[];
  Metrics: { Expression?: string; MetricStat?: { Metric: Metric } }[];
}
interface Metric {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
}

const alarmsOf = (template: Template): Record<string, Alarm> =>
  Object.fromEntries(
    Object.entries(resources(template, 'AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
      id.replace(/^MonitoringAlarms(.*)[0-9A-F]{8}$/, '$1'),
      Properties as unknown as Alarm,
    ]),
  );

/** Text as CloudFormation puts it together, each reference as one word. */
function plainText(value: unknown): string {
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (!join) return typeof value === 'string' ? value : 'eu-central-1';
  return join[1].map(plainText).join(join[0]);
}

describe('the alarms', () => {
  test('watch the error rate, the runs that died, and P95 of the time to the first token', () => {
    const { ErrorRate, DeadRuns, SlowFirstToken, ...more } = alarmsOf(templateWith());
    expect(more).toEqual({});
    expect(ErrorRate).toMatchObject({
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
    expect(ErrorRate!.Metrics[0]!.Expression).toBe('IF(requests >= 10, 100 * failures / requests, 0)');
    expect(DeadRuns!.Metrics[0]!.MetricStat!.Metric).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors' });
    expect(SlowFirstToken).toMatchObject({ Threshold: 5000, ComparisonOperator: 'GreaterThanThreshold' });
    expect(SlowFirstToken!.Metrics[0]!.Expression).toBe('IF(answers >= 10, p95, 0)');
    expect(SlowFirstToken!.Metrics.map(({ MetricStat }) => MetricStat)).toContainEqual(
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
      .flatMap(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []))
      .filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
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
    const [id] = Object.keys(resources(template, 'AWS::Lambda::Function'));
    const watched = Object.values(alarmsOf(template))
      .flatMap(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []))
      .filter(({ Namespace }) => Namespace === 'AWS/Lambda');
    expect(watched.map(({ Dimensions }) => Dimensions)).toEqual([[{ Name: 'FunctionName', Value: { Ref: id } }]]);
    const shown = metricsOf(template).filter(({ namespace }) => namespace === 'AWS/Lambda');
    expect(shown.map(({ name }) => name)).toEqual(expect.arrayContaining(['Url5xxCount', 'Throttles', 'Errors']));
    for (const { dimensions } of shown) expect(dimensions).toEqual([['FunctionName', id]]);
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
      'Models',
      'Callers',
      'Failed requests',
      'Cold starts',
      'Errors',
      'Usage that could not be written',
    ]);
  });

  test.each(Object.entries(logQueries))('asks the log for fields that its lines have: %s', (_name, query) => {
    const log = lambdaLog({ level: 'INFO', place: { stage: undefined, region: 'eu-central-1' } });
    const lines = written(() => {
      log.report(record);
      log.error('usage_unwritten', { record, cause: new Error('the table is away') });
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

/** The JSON lines that go to standard output meanwhile. */
function written(action: () => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const take = (chunk: string | Uint8Array): boolean => lines.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  try {
    action();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines.map((line) => JSON.parse(line));
}

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
