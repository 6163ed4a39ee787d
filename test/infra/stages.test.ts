import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { SluiceStack } from '../../infra/aws/stack.ts';
import { serviceName } from '../../shared/aws/metrics.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { gatewayConfig } from '../../shared/catalog/schema.ts';
import { appWith, builtFolder, type Resource, templateWith } from './synthesize.ts';

const providers = { openai: {}, bedrock: {} };
const account = '123456789012';

/** A stack for each stage in each region, all of one app. */
function templatesOf(stages: (string | undefined)[], regions: string[]): Map<string, Template> {
  const gatewayFolder = builtFolder({ providers }, afterAll);
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stacks = stages.flatMap((stage) =>
    regions.map((region) => {
      const catalog = loadCatalog({
        providers,
        aws: { stage, alarmEmail: 'a@example.com' },
      });
      const id = serviceName({ stage, region });
      return [
        id,
        new SluiceStack(app, id, { gatewayFolder, adminFolder: gatewayFolder, catalog, env: { account, region } }),
      ] as const;
    }),
  );
  return new Map(stacks.map(([id, stack]) => [id, Template.fromStack(stack)]));
}

const resourcesOf = (template: Template): Resource[] => Object.values(template.toJSON().Resources as object);

/** Names within another resource, and one that is only shown. */
const freeNames: Readonly<Record<string, string>> = {
  'AWS::Lambda::Alias': 'Name',
  'AWS::IAM::Policy': 'PolicyName',
  'AWS::SNS::Topic': 'DisplayName',
};

/** The names that resources are given by us; all others are made up by CloudFormation and begin with the name of the stack. */
const physicalNames = (template: Template): string[] =>
  resourcesOf(template).flatMap(({ Type, Properties }) =>
    Object.entries(Properties)
      .filter(([name, value]) => name.endsWith('Name') && freeNames[Type] !== name && typeof value === 'string')
      .map(([, value]) => `${Type} ${value}`),
  );

/** The services whose metrics the alarms look at. */
const services = (template: Template): string[] => {
  const found = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm')).matchAll(
    /\{"Name":"service","Value":"([^"]+)"\}/g,
  );
  return [...new Set([...found].map(([, service]) => service!))];
};

describe('two stages in two regions', () => {
  const templates = templatesOf([undefined, 'test'], ['us-east-1', 'eu-central-1']);

  test('share no name of a resource', () => {
    const names = [...templates.values()].flatMap(physicalNames);
    expect(names).toContain('AWS::CloudWatch::Dashboard Sluice-us-east-1');
    expect(names).toContain('AWS::CloudWatch::Dashboard Sluice-test-us-east-1');
    expect(names).toContain('AWS::CloudWatch::Alarm Sluice-test-eu-central-1-DeadRuns');
    expect(names).toContain('AWS::CloudWatch::Alarm Sluice-test-eu-central-1-AdminSignIns');
    expect(names).toHaveLength(4 * 8);
    expect(new Set(names).size).toBe(names.length);
  });

  test('share no metric: alarms and graphs look at those of their own', () => {
    expect([...templates.values()].map(services)).toEqual([
      ['sluice-us-east-1'],
      ['sluice-eu-central-1'],
      ['sluice-test-us-east-1'],
      ['sluice-test-eu-central-1'],
    ]);
    for (const [service, template] of templates) {
      const body = JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'));
      expect(new Set(body.match(/sluice-[a-z0-9-]+/g))).toEqual(new Set([service]));
    }
  });

  test('have the same logical ids, so that a stage is no other thing', () => {
    const ids = [...templates.values()].map((template) =>
      Object.keys(template.toJSON().Resources as object).filter((id) => !id.includes('CurrentVersion')),
    );
    for (const other of ids) expect(other).toEqual(ids[0]);
  });
});

describe('a stage', () => {
  test('has a stack of its own; the default one is called Sluice', () => {
    expect(appWith().node.children.map(({ node }) => node.id)).toContain('Sluice');
    expect(appWith({ stage: 'test' }).node.children.map(({ node }) => node.id)).toContain('Sluice-test');
  });

  test('is what the function reads from its environment, and only where there is one', () => {
    const variables = (template: Template) =>
      (
        resourcesOf(template).find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties.Environment as {
          Variables: Record<string, unknown>;
        }
      ).Variables;
    expect(variables(templateWith({ stage: 'test' }))).toHaveProperty('SLUICE_STAGE', 'test');
    expect(variables(templateWith())).not.toHaveProperty('SLUICE_STAGE');
  });

  test.each(['a b', 'ü', '-a', 'a-', 'a--b', '', 'a'.repeat(41), 'a/b'])('cannot be called %j', (stage) => {
    const { error } = gatewayConfig.safeParse({ providers: { openai: {} }, aws: { stage } });
    expect(error?.issues[0]?.path).toEqual(['aws', 'stage']);
  });

  test.each(['test', 'team-1', 'P', '2'])('can be called %j', (stage) => {
    expect(gatewayConfig.safeParse({ providers: { openai: {} }, aws: { stage } }).success).toBe(true);
  });
});

// Of a region that is named, CDK knows which types of resources it has: a deployment there would be refused as a whole.
test.each(['us-gov-west-1', 'us-gov-east-1', 'cn-northwest-1'])(
  'the one thing amiss where a region has no function URLs is said by the synthesis: %s',
  (region) => {
    expect(errorsOf(appWith({}, {}, { bedrock: {} }, { account, region }))).toEqual([
      `ERROR Type: Resource type 'AWS::Lambda::Url' does not exist in '${region}' (CloudFormation Validate)`,
    ]);
  },
);

/** What the synthesis ends with, each error once. */
function errorsOf(app: App): string[] {
  try {
    app.synth();
    return [];
  } catch (thrown) {
    return [...new Set(String(thrown).match(/^ERROR .*$/gm))];
  }
}

// The partition's names are right wherever they are used; function URLs are not offered in China today.
describe('in China', () => {
  const [template] = templatesOf([undefined], ['cn-north-1']).values();
  const text = JSON.stringify(inPartition('aws-cn', template!.toJSON()));

  test('every ARN is of that partition', () => {
    expect(text).toContain('arn:aws-cn:bedrock:*::foundation-model/*');
    expect(text).not.toMatch(/arn:aws:/);
  });

  test('the dashboard is at the console of that partition', () => {
    const { Value } = template!.findOutputs('Dashboard').Dashboard as { Value: unknown };
    expect(inPartition('aws-cn', Value)).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/cloudwatch\//);
    expect(inPartition('aws', Value)).toMatch(/^https:\/\/cn-north-1\.console\.aws\.amazon\.com\/cloudwatch\//);
  });

  test('cdk-nag finds nothing', () => {
    const china = appWith({}, {}, { bedrock: {} }, { account, region: 'cn-north-1' });
    expect(() => china.synth()).not.toThrow();
  });

  /** A value of the template as CloudFormation puts it together in a partition. */
  function inPartition(partition: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((inner) => inPartition(partition, inner));
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::Join': join, 'Fn::FindInMap': find } = value as Record<string, unknown>;
    if (Ref === 'AWS::Partition') return partition;
    if (find) {
      const [map, , key] = find as [string, unknown, string];
      return (template!.findMappings(map)[map] as Record<string, Record<string, string>>)[partition]![key];
    }
    if (join) {
      const [separator, parts] = join as [string, unknown];
      const inner = inPartition(partition, parts);
      if (Array.isArray(inner)) return inner.map((part) => (typeof part === 'string' ? part : '…')).join(separator);
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inPartition(partition, inner)]));
  }
});
