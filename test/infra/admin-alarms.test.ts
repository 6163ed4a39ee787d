import { describe, expect, test } from 'vitest';
import { lambdaLog } from '../../shared/aws/log.ts';
import { SIGN_IN_FAILED } from '../../shared/operations/sign-in.ts';
import { alarmsOf, functionCalled, metricsIn, plainText, written } from './alarms.ts';
import { resources, templateWith, theOnly } from './synthesize.ts';

describe('the alarms of the administration', () => {
  test('watch what failed, was throttled, came near its time-out, and wrong keys', () => {
    const template = templateWith();
    const alarms = alarmsOf(template);
    const id = functionCalled(template, 'Admin');
    const lambda = { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }] };
    const watched = (name: string) => [alarms[name]!.Threshold, ...metricsIn(alarms[name]!)];
    expect(watched('AdminErrors')).toEqual([2, { ...lambda, MetricName: 'Url5xxCount', stat: 'Sum' }]);
    expect(watched('AdminThrottles')).toEqual([0, { ...lambda, MetricName: 'Throttles', stat: 'Sum' }]);
    expect(watched('AdminSlow')).toEqual([48_000, { ...lambda, MetricName: 'Duration', stat: 'Maximum' }]);
    const { Timeout } = resources(template, 'AWS::Lambda::Function')[id]!.Properties;
    expect(alarms.AdminSlow!.Threshold).toBe(0.8 * Number(Timeout) * 1000);
    expect(watched('AdminSignIns')).toMatchObject([
      10,
      { Namespace: 'Sluice', MetricName: 'FailedSignIns', stat: 'Sum' },
    ]);
  });

  test('count wrong keys by the lines that the administration writes, for its own stage and region', () => {
    const template = templateWith({ stage: 'test' });
    const place = { stage: 'test', region: 'eu-central-1' };
    const [line] = written(() => lambdaLog({ level: 'INFO', place }).warn(SIGN_IN_FAILED, { address: '192.0.2.1' }));
    const filter = theOnly(template, 'AWS::Logs::MetricFilter') as {
      FilterPattern: string;
      LogGroupName: { Ref: string };
      MetricTransformations: [
        { MetricName: string; MetricNamespace: string; Dimensions: { Key: string; Value: string }[] },
      ];
    };
    expect(filter.FilterPattern).toBe(`{ $.message = "${line!.message}" }`);
    expect(filter.LogGroupName.Ref).toMatch(/^AdminLog/);
    const [{ Dimensions, MetricName, MetricNamespace }] = filter.MetricTransformations;
    const [watched] = metricsIn(alarmsOf(template).AdminSignIns!);
    expect([watched!.Namespace, watched!.MetricName]).toEqual([MetricNamespace, MetricName]);
    expect(Dimensions).toEqual([{ Key: 'service', Value: '$.service' }]);
    expect(watched!.Dimensions.map(({ Name, Value }) => [Name, plainText(Value)])).toEqual([
      ['service', line!.service],
    ]);
  });
});
