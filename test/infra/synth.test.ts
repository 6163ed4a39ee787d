import { Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { appWith, stackOf, templateWith } from './synthesize.ts';

describe('the synthesis', () => {
  test('passes the checks of cdk-nag, with alarms by e-mail and without, and with callers who sign', () => {
    expect(() => appWith().synth()).not.toThrow();
    expect(() => appWith({ alarmEmail: 'owner@example.com' }).synth()).not.toThrow();
    expect(() => appWith({ iamCallers: {} }).synth()).not.toThrow();
  });

  test('ends with a finding of cdk-nag that is not acknowledged', () => {
    const app = appWith();
    const target = stackOf(app).node.findChild('Gateway').node.findChild('Function') as LambdaFunction;
    target.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] }));
    expect(() => app.synth()).toThrow(/AwsSolutions-IAM5\[Resource::\*\]/);
  });

  test('has findings acknowledged one by one, each with its reason', () => {
    const app = appWith({ alarmEmail: 'owner@example.com' });
    const reasons = app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>));
    expect(reasons.map(([rule]) => rule.replace(/^.*::/, ''))).toEqual(['AwsSolutions-SMG4', 'AwsSolutions-SMG4']);
    for (const [, reason] of reasons) expect(reason.split(' ').length).toBeGreaterThan(8);
    expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
  });

  test('knows no account and no region, and reports nothing to AWS', () => {
    const stack = stackOf(appWith());
    expect(stack.environment).toBe('aws://unknown-account/unknown-region');
    templateWith().resourceCountIs('AWS::CDK::Metadata', 0);
  });

  test('protects the stack, and the address with it, against deletion', () => {
    expect(stackOf(appWith()).terminationProtection).toBe(true);
  });

  test('wants a build first', async () => {
    const { createApp } = await import('../../infra/aws/create-app.ts');
    expect(() => createApp({ gateway: '/nowhere', admin: '/nowhere' })).toThrow('npm run build');
  });
});

describe('the outputs', () => {
  test('are the address, the secrets, and how to read and write them', () => {
    const outputs = templateWith().findOutputs('*');
    expect(Object.keys(outputs)).toEqual([
      'Url',
      'AdminUrl',
      'MasterKeySecret',
      'ProviderKeysSecret',
      'ReadMasterKey',
      'WriteProviderKeys',
      'FollowLog',
      'RollBack',
      'Dashboard',
    ]);
    expect(JSON.stringify(outputs.ReadMasterKey)).toMatch(/get-secret-value.*DataMasterKey.*--query SecretString/);
    expect(JSON.stringify(outputs.RollBack)).toMatch(/update-alias.*GatewayFunction.*--name live --function-version /);
    expect(JSON.stringify(outputs.WriteProviderKeys)).toMatch(/put-secret-value.*DataProviderKeys.*file:\/\//);
  });
});
