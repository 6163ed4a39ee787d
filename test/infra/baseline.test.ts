import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Baseline, baselineOf, losses, plainTemplate } from './baseline.ts';
import { builtFolder } from './synthesize.ts';

const baseline = JSON.parse(readFileSync(path.join(import.meta.dirname, 'baseline.template.json'), 'utf8')) as Baseline;
const template = () => plainTemplate(builtFolder({ providers: { openai: {} } }));

describe('a deployment over the first release', () => {
  test('neither removes nor replaces the address, the alias, the table, a secret or the log', () => {
    expect(losses(baseline, template())).toEqual([]);
  });

  test('has all that it must keep in the baseline; `node test/infra/write-baseline.ts` adds what is new', () => {
    expect(baselineOf(template())).toEqual(baseline);
    const types = Object.values(baseline).map(({ Type }) => Type.replace(/^.*::/, ''));
    expect(types.sort()).toEqual(
      [
        'Alias',
        'Function',
        'LogGroup',
        'Url',
        'Alias',
        'Function',
        'LogGroup',
        'Url',
        'Secret',
        'Secret',
        'Table',
      ].sort(),
    );
  });
});

describe('the check of the baseline finds', () => {
  const idOf = (type: string, nth = 0): string =>
    Object.keys(baseline).filter((id) => baseline[id]!.Type === type)[nth]!;

  test.each([...new Set(Object.values(baseline).map(({ Type }) => Type))])(
    'a construct with another name: %s',
    (type) => {
      const { Resources } = template();
      const id = idOf(type);
      const { [id]: renamed, ...others } = Resources;
      expect(losses(baseline, { Resources: { ...others, [`${id}New`]: renamed! } })).toEqual([
        `${type} ${id} would be removed`,
      ]);
    },
  );

  test.each([
    ['AWS::Lambda::Url', 'Qualifier', undefined],
    ['AWS::Lambda::Url', 'TargetFunctionArn', { Ref: 'Other' }],
    ['AWS::Lambda::Alias', 'Name', 'next'],
    ['AWS::DynamoDB::Table', 'TableName', 'sluice'],
    ['AWS::DynamoDB::Table', 'KeySchema', [{ AttributeName: 'pk', KeyType: 'HASH' }]],
    ['AWS::SecretsManager::Secret', 'GenerateSecretString', { PasswordLength: 64 }],
    ['AWS::Logs::LogGroup', 'LogGroupName', '/sluice'],
  ])('a property of %s that replaces it: %s', (type, name, value) => {
    const { Resources } = template();
    const id = idOf(type);
    const { Type, Properties } = Resources[id]!;
    const changed = { ...Resources, [id]: { Type, Properties: { ...Properties, [name]: value } } };
    expect(losses(baseline, { Resources: changed })).toEqual([`${type} ${id} would be replaced: ${name} differs`]);
  });

  test.each(['pk', 'sk', 'list', 'listSort'])('another type of the key attribute %s, and no new attribute', (name) => {
    const { Resources } = template();
    const id = idOf('AWS::DynamoDB::Table');
    const { Type, Properties } = Resources[id]!;
    const attributes = Properties!.AttributeDefinitions as { AttributeName: string; AttributeType: string }[];
    const withAttributes = (AttributeDefinitions: object[]) =>
      losses(baseline, {
        Resources: { ...Resources, [id]: { Type, Properties: { ...Properties, AttributeDefinitions } } },
      });
    const numbers = attributes.map((attribute) =>
      attribute.AttributeName === name ? { ...attribute, AttributeType: 'N' } : attribute,
    );
    expect(withAttributes(numbers)).toEqual([
      `AWS::DynamoDB::Table ${id} would be replaced: attribute ${name} differs`,
    ]);
    expect(withAttributes([{ AttributeName: 'other', AttributeType: 'S' }, ...attributes])).toEqual([]);
  });

  test('an index that is gone or shows something else, and not one that is new', () => {
    const { Resources } = template();
    const id = idOf('AWS::DynamoDB::Table');
    const { Type, Properties } = Resources[id]!;
    const [index] = Properties!.GlobalSecondaryIndexes as [object];
    const withIndexes = (...GlobalSecondaryIndexes: object[]) =>
      losses(baseline, {
        Resources: { ...Resources, [id]: { Type, Properties: { ...Properties, GlobalSecondaryIndexes } } },
      });
    const lost = [`AWS::DynamoDB::Table ${id} would be replaced: index list differs`];
    expect(withIndexes()).toEqual(lost);
    expect(withIndexes({ ...index, Projection: { ProjectionType: 'ALL' } })).toEqual(lost);
    expect(withIndexes({ ...index, IndexName: 'other' }, index)).toEqual([]);
  });

  test('nothing in a change that replaces nothing', () => {
    const { Resources } = template();
    const id = idOf('AWS::Lambda::Function');
    const { Type, Properties } = Resources[id]!;
    const changed = { ...Resources, [id]: { Type, Properties: { ...Properties, MemorySize: 1024 } } };
    expect(losses(baseline, { Resources: changed })).toEqual([]);
  });
});
