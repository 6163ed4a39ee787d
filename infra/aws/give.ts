import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { FunctionEnv } from '../../shared/env.ts';

interface Grant {
  /** The variable under which the function finds it. */
  name: keyof FunctionEnv;
  value: string;
  /** The actions allowed on it, each by its full name. */
  actions: readonly string[];
  arn: string;
}

/** Gives a function the use of a resource: its name and the right to it, never one without the other. */
export function give(target: LambdaFunction, { name, value, actions, arn }: Grant): void {
  target.addEnvironment(name, value);
  target.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [arn] }));
}
