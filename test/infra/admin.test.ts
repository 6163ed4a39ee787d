import { describe, expect, test } from 'vitest';
import { resourcesOf, templateWith, theOnly } from './synthesize.ts';

describe('the admin function', () => {
  test('has a URL, an alias, a role and a log of its own', () => {
    const template = templateWith({ logRetentionDays: 90 });
    for (const type of ['AWS::Lambda::Url', 'AWS::Lambda::Alias', 'AWS::IAM::Role', 'AWS::Logs::LogGroup'])
      expect(Object.keys(resourcesOf(template, type, 'Admin'))).toHaveLength(1);
    const [functionId] = Object.keys(resourcesOf(template, 'AWS::Lambda::Function', 'Admin'));
    expect(theOnly(template, 'AWS::Lambda::Alias', 'Admin')).toMatchObject({
      Name: 'live',
      FunctionName: { Ref: functionId },
    });
    expect(theOnly(template, 'AWS::Logs::LogGroup', 'Admin')).toEqual({ RetentionInDays: 90 });
    expect(theOnly(template, 'AWS::Lambda::Url', 'Admin')).toMatchObject({ AuthType: 'NONE', Qualifier: 'live' });
  });

  test('has time for the longest report', () => {
    expect(theOnly(templateWith(), 'AWS::Lambda::Function', 'Admin')).toMatchObject({ Timeout: 60, MemorySize: 512 });
  });

  test('does not take the settings of the gateway: its memory, its time and its reserved concurrency', () => {
    const template = templateWith({ memoryMb: 1024, timeoutSeconds: 300, reservedConcurrency: 7 });
    const admin = theOnly(template, 'AWS::Lambda::Function', 'Admin');
    expect(admin).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(admin).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});
