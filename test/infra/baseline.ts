import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../infra/aws/create-app.ts';

interface Kept {
  Type: string;
  /** The properties that cannot change without another resource in place of this one. */
  Properties: Record<string, unknown>;
}

/** The resources that cannot be made anew without harm to users, by their logical ids. */
export type Baseline = Record<string, Kept>;

/**
 * The types whose resources hold state or an address, and which of their properties CloudFormation replaces a resource for
 * ("Update requires: Replacement"). The index is in it, since DynamoDB can only delete one and build another; so is what a secret is
 * generated from, since Secrets Manager then writes a new value over the one in use.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
const keptProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema', 'LocalSecondaryIndexes', 'ImportSourceSpecification'],
  'AWS::SecretsManager::Secret': ['Name', 'GenerateSecretString', 'SecretString'],
  'AWS::Lambda::Url': ['TargetFunctionArn', 'Qualifier'],
  'AWS::Lambda::Alias': ['FunctionName', 'Name'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
};

interface PlainTemplate {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

/** What of a template a later one must keep. */
export function baselineOf({ Resources }: PlainTemplate): Baseline {
  const kept = Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const names = keptProperties[Type];
    if (!names) return [];
    const own = names.filter((name) => Properties[name] !== undefined).map((name) => [name, Properties[name]] as const);
    return [
      [
        id,
        { Type, Properties: Object.fromEntries([...own, ...attributesOf(Properties), ...indexesOf(Properties)]) },
      ] as const,
    ];
  });
  return Object.fromEntries(kept);
}

/** The type of each attribute that is a key of a table or an index: none can change, and another one beside it changes nothing. */
function attributesOf({ AttributeDefinitions = [] }: Record<string, unknown>): [string, unknown][] {
  const attributes = AttributeDefinitions as { AttributeName: string; AttributeType: string }[];
  return attributes.map(({ AttributeName, AttributeType }) => [ATTRIBUTE + AttributeName, AttributeType]);
}

/** Each index of a table by itself: another one beside it changes nothing. */
function indexesOf({ GlobalSecondaryIndexes = [] }: Record<string, unknown>): [string, unknown][] {
  return (GlobalSecondaryIndexes as { IndexName: string }[]).map((index) => [INDEX + index.IndexName, index]);
}

const ATTRIBUTE = 'attribute ';
const INDEX = 'index ';

/** What may be added. */
const isAddable = (name: string): boolean => name.startsWith(ATTRIBUTE) || name.startsWith(INDEX);

/** What a deployment of this template over the baseline would remove or replace, a sentence each. */
export function losses(baseline: Baseline, template: PlainTemplate): string[] {
  const now = baselineOf(template);
  return Object.entries(baseline).flatMap(([id, { Type, Properties }]) => {
    const found = now[id];
    if (!found) return [`${Type} ${id} would be removed`];
    if (found.Type !== Type) return [`${Type} ${id} would become ${found.Type}`];
    const names = new Set([...Object.keys(Properties), ...Object.keys(found.Properties)]);
    return [...names]
      .filter((name) => name in Properties || !isAddable(name))
      .filter((name) => !isDeepStrictEqual(Properties[name], found.Properties[name]))
      .map((name) => `${Type} ${id} would be replaced: ${name} differs`);
  });
}

/** The template of a built folder, which stands for both functions. */
export function plainTemplate(folder: string): PlainTemplate {
  const app = createApp(
    { gateway: folder, admin: folder },
    { outdir: path.join(folder, '../out'), builtinCloudFormationValidation: false },
  );
  const stack = app.node.children.find((child): child is Stack => Stack.isStack(child))!;
  return Template.fromStack(stack).toJSON() as PlainTemplate;
}
