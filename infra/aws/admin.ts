import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  FunctionUrlAuthType,
  InvokeMode,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { GatewayConfig } from '../../shared/catalog/schema.ts';
import type { AdminFunctionEnv } from '../../shared/env.ts';

interface AdminProps {
  /** Holds `index.mjs` and all that it reads. */
  folder: string;
  settings: GatewayConfig['aws'];
}

const logLevel: AdminFunctionEnv['LOG_LEVEL'] = 'INFO';

/** Reading and summing records is work for the processor, of which Lambda gives more with more memory. */
const MEMORY_MB = 512;
/** Longer than the longest report may take. */
const TIMEOUT_SECONDS = 60;

/**
 * The administration: a function with a role and a URL of its own, so that what callers reach can neither make a key nor
 * raise a limit. Its URL belongs to the alias `live`, as the gateway's does.
 */
export class Admin extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly url: string;

  constructor(scope: Construct, id: string, { folder, settings: { stage, logRetentionDays } }: AdminProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Sluice: keys, groups, usage',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folder),
      handler: 'index.handler',
      memorySize: MEMORY_MB,
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      role,
      logGroup: this.logGroup,
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      environment: {
        LOG_LEVEL: logLevel,
        ...(stage === undefined ? {} : { SLUICE_STAGE: stage }),
      } satisfies Partial<AdminFunctionEnv>,
    });
    this.url = this.function.addAlias('live').addFunctionUrl({
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    }).url;
  }
}
