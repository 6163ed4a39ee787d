import path from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { appWith, type Plane, resources, resourcesOf, templateWith, theOnly } from './synthesize.ts';

interface Statement {
  Action: string | string[];
  Effect: string;
  Resource: unknown;
}

const list = <Item>(one: Item | Item[]): Item[] => (Array.isArray(one) ? one : [one]);

const statements = (template: Template): Statement[] =>
  Object.values(resources(template, 'AWS::IAM::Policy')).flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  );

const actions = (template: Template): string[] => statements(template).flatMap(({ Action }) => list(Action));

const actionsOf = (template: Template, plane: Plane): string[] =>
  Object.values(resourcesOf(template, 'AWS::IAM::Policy', plane)).flatMap(({ Properties }) =>
    (Properties.PolicyDocument as { Statement: Statement[] }).Statement.flatMap(({ Action }) => list(Action)),
  );

describe('what the functions may do', () => {
  test('is a list of actions by name, on resources of this stack by name', () => {
    const template = templateWith({ alarmEmail: 'owner@example.com' });
    const ours = Object.keys(template.toJSON().Resources as object);
    expect(statements(template).length).toBeGreaterThan(2);
    for (const { Action, Resource } of statements(template)) {
      for (const action of list(Action)) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
      for (const resource of list(Resource)) expect(ours).toContain(resourceId(resource));
    }
  });

  test('has no wildcard for a resource anywhere in the template', () => {
    const template = templateWith({ alarmEmail: 'owner@example.com' });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/"Resource":(?:"\*"|\[[^\]]*"\*")/);
  });

  test('comes from no managed policy: the common one may write to every log of the account', () => {
    expect(Object.keys(theOnly(templateWith(), 'AWS::IAM::Role'))).toEqual(['AssumeRolePolicyDocument']);
  });

  test.each([
    ['gateway', 'Gateway'],
    ['admin', 'Admin'],
  ] as const)('is what the code of %s asks of AWS, and to write its log', async (name, plane) => {
    const asked = await callsInTheBundle(name);
    expect(asked).toContain('dynamodb:GetItem');
    const allowed = new Set(actionsOf(templateWith(), plane));
    expect([...allowed].sort()).toEqual([...asked, 'logs:CreateLogStream', 'logs:PutLogEvents'].sort());
  });

  test('is for the administration never to call a provider: it has neither their keys nor a right to Bedrock', () => {
    const template = templateWith({}, { bedrock: {} });
    expect(actionsOf(template, 'Gateway')).toContain('bedrock:InvokeModel');
    expect(actionsOf(template, 'Admin').filter((action) => action.startsWith('bedrock'))).toEqual([]);
    const { Environment } = theOnly(template, 'AWS::Lambda::Function', 'Admin') as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Object.keys(Environment.Variables).sort()).toEqual([
      'LOG_LEVEL',
      'SLUICE_MASTER_KEY_SECRET',
      'SLUICE_TABLE',
    ]);
    const policies = JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy', 'Admin'));
    expect(policies).toContain('DataMasterKey');
    expect(policies).not.toContain('DataProviderKeys');
  });
});

describe('Bedrock', () => {
  test('may be used only where the configuration has a provider that signs with the role', () => {
    const used = templateWith({}, { bedrock: {}, mantle: { preset: 'bedrock-mantle' } });
    expect(actions(used)).toEqual(
      expect.arrayContaining([
        'bedrock:InvokeModel',
        'bedrock:InvokeModelWithResponseStream',
        'bedrock:CountTokens',
        'bedrock:InvokeTool',
        'bedrock-mantle:CreateInference',
      ]),
    );
    expect(JSON.stringify(statements(used))).toContain('foundation-model/*');
    expect(actions(templateWith()).filter((action) => action.startsWith('bedrock'))).toEqual([]);
    const keyed = templateWith({}, { bedrock: { auth: 'bearer' } });
    expect(actions(keyed).filter((action) => action.startsWith('bedrock'))).toEqual([]);
  });

  test('is no finding of cdk-nag', () => {
    const app = appWith({}, {}, { bedrock: {} });
    expect(() => app.synth()).not.toThrow();
  });
});

/** Of what a resource is the name or the ARN. */
function resourceId(resource: unknown): string | undefined {
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
  } = resource as { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };
  // Something within a resource, such as an index of a table.
  return Ref ?? attribute?.[0] ?? (join ? resourceId(join[1][0]) : undefined);
}

/** In the client for a discovery of endpoints, which is off. */
const notCalled = 'dynamodb:DescribeEndpoints';

/** The commands of the two clients that are left in the bundle when esbuild has removed what is not called. */
async function callsInTheBundle(name: 'gateway' | 'admin'): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [path.join(import.meta.dirname, `../../functions/${name}/handler.ts`)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const services: Record<string, string> = { dynamodb: 'dynamodb', 'secrets-manager': 'secretsmanager' };
  return used.flatMap(([file]) => {
    const found = /@aws-sdk\/client-([a-z-]+)\/.*\/commands\/([A-Za-z]+)Command\.js$/.exec(file);
    const service = services[found?.[1] ?? ''];
    const action = `${service}:${found?.[2]}`;
    return service && action !== notCalled ? [action] : [];
  });
}
