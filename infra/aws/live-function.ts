import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Alias,
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
import type { FunctionEnv } from '../../shared/env.ts';

export interface LiveFunctionProps {
  description: string;
  /** Holds `index.mjs` and all that it reads. */
  folder: string;
  memoryMb: number;
  timeoutSeconds: number;
  reservedConcurrency?: number | undefined;
  /** Who reaches its URL: everyone, unless given. */
  authType?: FunctionUrlAuthType | undefined;
  settings: Pick<GatewayConfig['aws'], 'stage' | 'logRetentionDays'>;
}

/** The alias under the URL of a function. */
export const LIVE = 'live';

const logLevel: FunctionEnv['LOG_LEVEL'] = 'INFO';

/**
 * A function behind a streamed function URL that, unless said otherwise, is open to the internet and asks for a key itself, with a role and a log of its
 * own. The URL belongs to the alias `live`, which each deployment points to the version it made: a URL's alias cannot change
 * without a new address, and the alias can be set back to an older version at once.
 */
export class LiveFunction extends Construct {
  readonly function: LambdaFunction;
  readonly alias: Alias;
  readonly logGroup: LogGroup;
  readonly url: string;

  constructor(scope: Construct, id: string, props: LiveFunctionProps) {
    super(scope, id);
    const { description, folder, memoryMb, timeoutSeconds, reservedConcurrency, settings } = props;
    const { authType = FunctionUrlAuthType.NONE } = props;
    const { stage, logRetentionDays } = settings;
    this.logGroup = new LogGroup(this, 'Log', { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
    // A role of our own: the managed one may write to every log of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    // Source maps stay off: reading one costs a fifth of the cold start, and the place of a log line can be looked up on another machine.
    this.function = new LambdaFunction(this, 'Function', {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folder),
      handler: 'index.handler',
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      role,
      logGroup: this.logGroup,
      // Older versions stay, so that the alias can be set back to one. They cost nothing; together they may take 75 GB.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      environment: {
        LOG_LEVEL: logLevel,
        ...(stage === undefined ? {} : { SLUICE_STAGE: stage }),
      } satisfies Partial<FunctionEnv>,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    });
    this.alias = this.function.addAlias(LIVE);
    this.url = this.alias.addFunctionUrl({
      authType,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    }).url;
  }
}
