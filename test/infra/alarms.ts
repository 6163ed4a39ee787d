import type { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import { type Plane, resources, resourcesOf } from './synthesize.ts';

export interface Alarm {
  AlarmDescription: unknown;
  TreatMissingData: string;
  Threshold: number;
  ComparisonOperator: string;
  AlarmActions?: unknown[];
  OKActions?: unknown[];
  /** Absent where the alarm looks at one metric alone. */
  Metrics?: { Expression?: string; MetricStat?: { Metric: Metric; Stat: string } }[];
  Namespace?: string;
  MetricName?: string;
  Statistic?: string;
  Dimensions?: Metric['Dimensions'];
}
interface Metric {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
}

export const alarmsOf = (template: Template): Record<string, Alarm> =>
  Object.fromEntries(
    Object.entries(resources(template, 'AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
      id.replace(/^Monitoring(?:Admin)?Alarms(.*)[0-9A-F]{8}$/, '$1'),
      Properties as unknown as Alarm,
    ]),
  );

/** The metrics that an alarm looks at, alone or in an expression. */
export function metricsIn({
  Metrics,
  Namespace,
  MetricName,
  Dimensions = [],
  Statistic,
}: Alarm): (Metric & { stat: string })[] {
  if (!Metrics) return [{ Namespace: Namespace!, MetricName: MetricName!, Dimensions, stat: Statistic! }];
  return Metrics.flatMap(({ MetricStat }) => (MetricStat ? [{ ...MetricStat.Metric, stat: MetricStat.Stat }] : []));
}

export const functionCalled = (template: Template, plane: Plane): string =>
  Object.keys(resourcesOf(template, 'AWS::Lambda::Function', plane))[0]!;

/** Text as CloudFormation puts it together, each reference as one word. */
export function plainText(value: unknown): string {
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (!join) return typeof value === 'string' ? value : 'eu-central-1';
  return join[1].map(plainText).join(join[0]);
}

/** The JSON lines that go to standard output meanwhile. */
export function written(action: () => void): Record<string, unknown>[] {
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
