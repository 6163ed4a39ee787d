import { describe, expect, test } from 'vitest';
import { functionEnv } from '../../shared/env.ts';
import { appWith, resourcesOf, templateWith, theOnly } from './synthesize.ts';

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

  test('gets just the environment that it parses at its start, beside what Lambda sets', () => {
    const { Environment } = theOnly(templateWith({ stage: 'test' }), 'AWS::Lambda::Function') as {
      Environment: { Variables: Record<string, unknown> };
    };
    const { LOG_LEVEL, SLUICE_STAGE, ...references } = Environment.Variables;
    expect(SLUICE_STAGE).toBe('test');
    const parsed = Object.keys(functionEnv.shape).filter((name) => name !== 'AWS_REGION');
    expect(Object.keys(Environment.Variables).sort()).toEqual(parsed.sort());
    expect(functionEnv.shape.LOG_LEVEL.safeParse(LOG_LEVEL).success).toBe(true);
    // Names of resources, never values: each is filled in by CloudFormation.
    for (const value of Object.values(references)) expect(value).toEqual({ Ref: expect.any(String) });
  });

  test('writes to a log group of its own that forgets after the configured days', () => {
    const template = templateWith({ logRetentionDays: 90 });
    expect(theOnly(template, 'AWS::Logs::LogGroup')).toEqual({ RetentionInDays: 90 });
    const [logGroup] = Object.keys(resourcesOf(template, 'AWS::Logs::LogGroup', 'Gateway'));
    const { LoggingConfig } = theOnly(template, 'AWS::Lambda::Function');
    expect(LoggingConfig).toEqual({ LogGroup: { Ref: logGroup } });
  });

  test('cannot have its log kept for a number of days that CloudWatch does not know', () => {
    expect(() => appWith({ logRetentionDays: 31 as 30 })).toThrow(/aws\.logRetentionDays: .*30\|60/);
  });
});

describe('the alias under the URL', () => {
  // The target of a URL cannot be changed later: CloudFormation would make another URL, with another address.
  test('is called live and points to the version that was deployed last', () => {
    const template = templateWith();
    expect(theOnly(template, 'AWS::Lambda::Alias')).toEqual({
      Name: 'live',
      FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function') },
      FunctionVersion: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Version'), 'Version'] },
    });
  });

  test('leaves older versions in place, so that it can be set back to one', () => {
    const [version] = Object.values(resourcesOf(templateWith(), 'AWS::Lambda::Version', 'Gateway'));
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('gets a new version when the configuration of the function changes, and keeps its own id', () => {
    const [small, large] = [templateWith({ memoryMb: 256 }), templateWith({ memoryMb: 512 })];
    expect(idOf(small, 'AWS::Lambda::Version')).not.toBe(idOf(large, 'AWS::Lambda::Version'));
    expect(idOf(small, 'AWS::Lambda::Alias')).toBe(idOf(large, 'AWS::Lambda::Alias'));
  });
});

describe('the function URL', () => {
  test('streams, asks for no signature and leaves CORS to the application', () => {
    const template = templateWith();
    expect(theOnly(template, 'AWS::Lambda::Url')).toEqual({
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
      Qualifier: 'live',
      TargetFunctionArn: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function'), 'Arn'] },
    });
  });

  // It names the alias by its name alone, which says nothing about the order of making them.
  test('is made after the alias', () => {
    const template = templateWith();
    const [url] = Object.values(resourcesOf(template, 'AWS::Lambda::Url', 'Gateway'));
    expect(url).toMatchObject({ DependsOn: [idOf(template, 'AWS::Lambda::Alias')] });
  });

  test('is open by the two permissions that an open URL needs, both on the alias', () => {
    const template = templateWith();
    const permissions = Object.values(resourcesOf(template, 'AWS::Lambda::Permission', 'Gateway')).map(
      ({ Properties }) => Properties,
    );
    const common = { FunctionName: { Ref: idOf(template, 'AWS::Lambda::Alias') }, Principal: '*' };
    expect(permissions).toHaveLength(2);
    expect(permissions).toContainEqual({
      ...common,
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
    });
    // Without the condition every AWS account could call the function itself, past its URL.
    expect(permissions).toContainEqual({ ...common, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });
  });
});

describe('the function URL of callers who sign', () => {
  const signed = () => templateWith({ iamCallers: {} });

  test('asks for a signature, streams, and is open to nobody', () => {
    const template = signed();
    expect(theOnly(template, 'AWS::Lambda::Url')).toMatchObject({
      AuthType: 'AWS_IAM',
      InvokeMode: 'RESPONSE_STREAM',
      Qualifier: 'live',
    });
    expect(resourcesOf(template, 'AWS::Lambda::Permission', 'Gateway')).toEqual({});
  });

  test('is the same one as before: where it asks for a signature, its address stays', () => {
    expect(idOf(signed(), 'AWS::Lambda::Url')).toBe(idOf(templateWith(), 'AWS::Lambda::Url'));
  });

  test('comes with a policy for its callers, which does not let them past the URL', () => {
    const template = signed();
    const resource = { Ref: idOf(template, 'AWS::Lambda::Alias') };
    const { PolicyDocument } = theOnly(template, 'AWS::IAM::ManagedPolicy') as {
      PolicyDocument: { Statement: unknown[] };
    };
    expect(PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: resource,
        Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: resource,
        Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
      },
    ]);
    expect(Object.keys(template.findOutputs('CallerPolicy'))).toEqual(['CallerPolicy']);
    expect(templateWith().findOutputs('CallerPolicy')).toEqual({});
  });

  test('is that of callers alone: the administration asks for a key', () => {
    expect(theOnly(signed(), 'AWS::Lambda::Url', 'Admin')).toMatchObject({ AuthType: 'NONE' });
  });
});

const idOf = (template: ReturnType<typeof templateWith>, type: string): string =>
  Object.keys(resourcesOf(template, type, 'Gateway'))[0]!;
