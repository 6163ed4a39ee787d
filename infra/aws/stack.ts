import { CfnOutput, type Environment, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { adminPlanePartitions, dataPlanePartitions } from '../../shared/aws/partitions.ts';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import { Admin } from './admin.ts';
import { bindBedrock } from './bedrock.ts';
import { Data } from './data.ts';
import { Gateway } from './gateway.ts';
import { Monitoring } from './monitoring.ts';

interface SluiceStackProps {
  /** The built function, the validated configuration beside it. */
  gatewayFolder: string;
  /** The built function of the administration, the same configuration beside it. */
  adminFolder: string;
  /** What that configuration says. */
  catalog: Catalog;
  /** Where it will be deployed, if that is known; otherwise one template fits every account and region. */
  env?: Environment;
}

/** The stack of a stage. The default one keeps the name that it has always had. */
export const stackName = (stage: string | undefined): string => (stage === undefined ? 'Sluice' : `Sluice-${stage}`);

/**
 * All of Sluice in one stack, so that a bare `cdk deploy` is enough; what holds state outlives it. Protected against deletion
 * because the address that all callers use would go with it.
 */
export class SluiceStack extends Stack {
  constructor(scope: Construct, id: string, { gatewayFolder, adminFolder, catalog, ...env }: SluiceStackProps) {
    const settings = catalog.config.aws;
    super(scope, id, {
      ...env,
      stackName: stackName(settings.stage),
      description: 'Sluice, an LLM gateway without servers',
      terminationProtection: true,
    });
    const { table, masterKey, providerKeys } = new Data(this, 'Data');
    const gateway = new Gateway(this, 'Gateway', { folder: gatewayFolder, settings });
    table.bind(gateway.function, {
      read: ['GetItem', 'BatchGetItem', 'Query'],
      write: ['PutItem', 'UpdateItem'],
      partitions: dataPlanePartitions,
    });
    masterKey.bind(gateway.function);
    providerKeys.bind(gateway.function);
    bindBedrock(gateway.function, catalog);
    const admin = new Admin(this, 'Admin', { folder: adminFolder, settings });
    table.bind(admin.function, {
      read: ['GetItem', 'BatchGetItem', 'Query'],
      write: ['PutItem', 'UpdateItem', 'DeleteItem'],
      partitions: adminPlanePartitions,
      lists: true,
    });
    masterKey.bind(admin.function);
    const { dashboardUrl } = new Monitoring(this, 'Monitoring', { gateway, admin, table, settings });

    const outputs = {
      Url: [gateway.url, 'Where callers call; OpenAI clients take it with v1 behind it'],
      AdminUrl: [admin.url, 'Where keys, groups and usage are administered; SLUICE_URL of the command line'],
      MasterKeySecret: [masterKey.secretName, 'The secret that holds the master key'],
      ProviderKeysSecret: [providerKeys.secretName, 'The secret that holds the keys of the providers'],
      ReadMasterKey: [masterKey.readCommand, 'Prints the master key'],
      WriteProviderKeys: [providerKeys.writeCommand, 'Stores the keys of the providers from a JSON file, name and key'],
      FollowLog: [
        `aws logs tail --region ${this.region} ${gateway.logGroup.logGroupName} --follow`,
        'Shows log lines as they come',
      ],
      RollBack: [
        gateway.rollBackCommand,
        'Sets the address back to an older version of the function; aws lambda list-versions-by-function lists them',
      ],
      Dashboard: [dashboardUrl, 'Requests, latency, tokens and errors at a glance'],
      ...(gateway.callerPolicyArn === undefined
        ? {}
        : { CallerPolicy: [gateway.callerPolicyArn, 'The policy that lets users and roles of this account call'] }),
    } as const;
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}
