import { Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { GatewayConfig } from '../../shared/catalog/schema.ts';
import { LIVE, LiveFunction } from './live-function.ts';

interface GatewayProps {
  /** Holds `index.mjs` and all that it reads. */
  folder: string;
  settings: GatewayConfig['aws'];
}

/** The data plane: every path callers use. */
export class Gateway extends LiveFunction {
  /** The ARN of the policy that lets a principal of this account call; absent where no signature is asked for. */
  readonly callerPolicyArn: string | undefined;

  constructor(scope: Construct, id: string, { folder, settings }: GatewayProps) {
    const { memoryMb, timeoutSeconds, reservedConcurrency, iamCallers } = settings;
    const authType = iamCallers ? FunctionUrlAuthType.AWS_IAM : undefined;
    const description = 'Sluice: every path callers use';
    super(scope, id, { description, folder, settings, memoryMb, timeoutSeconds, reservedConcurrency, authType });
    this.callerPolicyArn = iamCallers && this.makeCallerPolicy();
  }

  /**
   * Both permissions that a URL asks for. The condition matters: who may invoke the function past its URL writes the event, and in
   * it who signed the request.
   */
  private makeCallerPolicy(): string {
    const resources = [this.alias.functionArn];
    return new ManagedPolicy(this, 'Callers', {
      description: 'Lets its principals call the gateway',
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['lambda:InvokeFunctionUrl'],
          resources,
          conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType.AWS_IAM } },
        }),
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['lambda:InvokeFunction'],
          resources,
          conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
        }),
      ],
    }).managedPolicyArn;
  }

  /** Takes effect at once, and until a deployment makes another version. */
  get rollBackCommand(): string {
    const where = `--region ${Stack.of(this).region} --function-name ${this.function.functionName}`;
    return `aws lambda update-alias ${where} --name ${LIVE} --function-version VERSION`;
  }
}
