import { Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Catalog } from '../../shared/catalog/catalog.ts';

/** What a signed call to each of Bedrock's services needs, on which of its resources. */
const needs: Readonly<Record<string, { actions: string[]; resources: string[] }>> = {
  bedrock: {
    // The last one is for the search of the web that some models run by themselves.
    actions: [
      'bedrock:InvokeModel',
      'bedrock:InvokeModelWithResponseStream',
      'bedrock:CountTokens',
      'bedrock:InvokeTool',
    ],
    resources: [
      'bedrock:*::foundation-model/*',
      'bedrock:*:{account}:inference-profile/*',
      'bedrock:*:{account}:application-inference-profile/*',
      'bedrock:*:{account}:provisioned-model/*',
      'bedrock:*:{account}:imported-model/*',
      'bedrock::{account}:system-tool/amazon.nova_grounding',
    ],
  },
  'bedrock-mantle': {
    actions: ['bedrock-mantle:CreateInference'],
    resources: ['bedrock-mantle:*:{account}:project/*'],
  },
};

/** Gives a function the use of Bedrock's models with its own role, where the configuration has a provider that signs. */
export function bindBedrock(target: LambdaFunction, { providers }: Catalog): void {
  const services = new Set([...providers.values()].flatMap(({ signing }) => (signing ? [signing.service] : [])));
  for (const service of services) {
    const need = needs[service];
    if (!need) throw new Error(`Calls signed for '${service}' need a grant that infra/aws/bedrock.ts does not know.`);
    const { partition, account } = Stack.of(target);
    const resources = need.resources.map((name) => `arn:${partition}:${name.replace('{account}', account)}`);
    target.addToRolePolicy(new PolicyStatement({ actions: need.actions, resources }));
    acknowledge(target, need.resources);
  }
}

function acknowledge(target: LambdaFunction, resources: readonly string[]): void {
  const { partition, account } = Stack.of(target);
  for (const name of resources.filter((resource) => resource.includes('*'))) {
    const arn = `arn:${named(partition, '<AWS::Partition>')}:${name.replace('{account}', named(account, '<AWS::AccountId>'))}`;
    Validations.of(target.role!.node.findChild('DefaultPolicy')).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn}]`,
      reason:
        'Which models may be asked is the configuration’s to say, and profiles lead to models of several regions.',
    });
  }
}

/** How cdk-nag writes a value that only CloudFormation will know. */
const named = (value: string, reference: string): string => (Token.isUnresolved(value) ? reference : value);
