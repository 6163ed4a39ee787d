import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTable } from '../../infra/local/table.ts';
import { tableSchema } from '../../shared/aws/table.ts';
import { gatewayConfig } from '../../shared/catalog/schema.ts';
import { resources, templateWith, theOnly } from './synthesize.ts';

describe('the table', () => {
  test('is paid by the request, forgets what is over, and can be set back to any second', () => {
    expect(theOnly(templateWith(), 'AWS::DynamoDB::Table')).toEqual({
      AttributeDefinitions: [
        { AttributeName: tableSchema.partitionKey, AttributeType: 'S' },
        { AttributeName: tableSchema.sortKey, AttributeType: 'S' },
        { AttributeName: 'list', AttributeType: 'S' },
        { AttributeName: 'listSort', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: tableSchema.partitionKey, KeyType: 'HASH' },
        { AttributeName: tableSchema.sortKey, KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: tableSchema.timeToLive, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'list',
          KeySchema: [
            { AttributeName: 'list', KeyType: 'HASH' },
            { AttributeName: 'listSort', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...tableSchema.list.attributes] },
        },
      ],
    });
  });

  test('is the same on this machine, index and all', async () => {
    const { table, close } = await startTable();
    onTestFinished(close);
    const { Table: local } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    const deployed = theOnly(templateWith(), 'AWS::DynamoDB::Table');
    expect(new Set(local!.AttributeDefinitions)).toEqual(new Set(deployed.AttributeDefinitions as unknown[]));
    expect(local!.KeySchema).toEqual(deployed.KeySchema);
    expect(local!.GlobalSecondaryIndexes).toMatchObject(deployed.GlobalSecondaryIndexes as object[]);
  });
});

describe('the two secrets', () => {
  // Secrets Manager makes a new value as soon as one of these words changes, over the one that is in use.
  test('are generated just as they were when they were first deployed', () => {
    const generated = Object.values(resources(templateWith(), 'AWS::SecretsManager::Secret')).map(
      ({ Properties }) => Properties.GenerateSecretString,
    );
    expect(generated).toEqual([
      { ExcludePunctuation: true, PasswordLength: 48 },
      { GenerateStringKey: '_placeholder', SecretStringTemplate: '{}' },
    ]);
  });

  test('have no value in the template', () => {
    const template = templateWith();
    for (const { Properties } of Object.values(resources(template, 'AWS::SecretsManager::Secret'))) {
      expect(Object.keys(Properties).sort()).toEqual(['Description', 'GenerateSecretString']);
    }
    expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:');
  });

  test('start with a name that no provider of a configuration can ask for', () => {
    const definition = { providers: { openai: { secret: '_placeholder' } } };
    expect(gatewayConfig.safeParse(definition).error?.issues[0]?.path).toEqual(['providers', 'openai', 'secret']);
  });
});

describe('what holds state', () => {
  const stateful = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret'];
  const all = (template: Template, types: string[]) =>
    Object.entries(Object.assign({}, ...types.map((type) => resources(template, type)))) as [
      string,
      { DeletionPolicy?: string; UpdateReplacePolicy?: string },
    ][];

  test('outlives its stack; only a first deployment that fails leaves nothing behind', () => {
    const kept = all(templateWith(), stateful);
    expect(kept).toHaveLength(3);
    for (const [, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  // Another id is another resource: an empty table, new keys, a new address for every caller.
  test('and the address keep the ids under which they were first deployed', () => {
    expect(all(templateWith(), [...stateful, 'AWS::Lambda::Url']).map(([id]) => id)).toEqual([
      'DataTableFDBAD0F2',
      'DataMasterKeyB529036F',
      'DataProviderKeysD555A620',
      'GatewayFunctionAliasliveFunctionUrl63633D86',
      'AdminFunctionAliasliveFunctionUrlD50E7718',
    ]);
  });
});
