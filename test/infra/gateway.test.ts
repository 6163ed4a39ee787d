import { describe, expect, test } from 'vitest';
import { functionEnv } from '../../shared/env.ts';
import { appWith, resources, templateWith, theOnly } from './synthesize.ts';

describe('the gateway function', () => {
  test("runs on arm64 with Lambda's Node 24, as large and as long as the configuration says", () => {
    expect(theOnly(templateWith({ memoryMb: 512, timeoutSeconds: 300 }), 'AWS::Lambda::Function')).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 300,
    });
  });

  test('takes the defaults of the configuration where it says nothing', () => {
    expect(theOnly(templateWith(), 'AWS::Lambda::Function')).toMatchObject({ MemorySize: 256, Timeout: 900 });
  });

  test('reserves concurrency only where that is asked for', () => {
    expect(theOnly(templateWith(), 'AWS::Lambda::Function')).not.toHaveProperty('ReservedConcurrentExecutions');
    const reserved = theOnly(templateWith({ reservedConcurrency: 7 }), 'AWS::Lambda::Function');
    expect(reserved).toHaveProperty('ReservedConcurrentExecutions', 7);
  });

  test('gets just the environment that it parses at its start', () => {
    const { Environment } = theOnly(templateWith(), 'AWS::Lambda::Function') as {
      Environment: { Variables: Record<string, unknown> };
    };
    const { LOG_LEVEL, ...references } = Environment.Variables;
    expect(Object.keys(Environment.Variables).sort()).toEqual(Object.keys(functionEnv.shape).sort());
    expect(functionEnv.shape.LOG_LEVEL.safeParse(LOG_LEVEL).success).toBe(true);
    // Names of resources, never values: each is filled in by CloudFormation.
    for (const value of Object.values(references)) expect(value).toEqual({ Ref: expect.any(String) });
  });

  test('writes to a log group of its own that forgets after the configured days', () => {
    const template = templateWith({ logRetentionDays: 90 });
    expect(theOnly(template, 'AWS::Logs::LogGroup')).toEqual({ RetentionInDays: 90 });
    const [logGroup] = Object.keys(resources(template, 'AWS::Logs::LogGroup'));
    const { LoggingConfig } = theOnly(template, 'AWS::Lambda::Function');
    expect(LoggingConfig).toEqual({ LogGroup: { Ref: logGroup } });
  });

  test('cannot have its log kept for a number of days that CloudWatch does not know', () => {
    expect(() => appWith({ logRetentionDays: 31 as 30 })).toThrow(/aws\.logRetentionDays: .*30\|60/);
  });
});

describe('the function URL', () => {
  test('streams, asks for no signature and leaves CORS to the application', () => {
    const template = templateWith();
    expect(theOnly(template, 'AWS::Lambda::Url')).toEqual({
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
      TargetFunctionArn: { 'Fn::GetAtt': [functionId(template), 'Arn'] },
    });
  });

  test('is open by the two permissions that an open URL needs', () => {
    const template = templateWith();
    const permissions = Object.values(resources(template, 'AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    const common = { FunctionName: { 'Fn::GetAtt': [functionId(template), 'Arn'] }, Principal: '*' };
    expect(permissions).toHaveLength(2);
    expect(permissions).toContainEqual({
      ...common,
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
    });
    // Without the condition anybody could call the function itself, past its URL.
    expect(permissions).toContainEqual({ ...common, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });
  });
});

const functionId = (template: ReturnType<typeof templateWith>): string =>
  Object.keys(resources(template, 'AWS::Lambda::Function'))[0]!;
