import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { tableSchema } from '../../shared/aws/table.ts';
import { give } from './give.ts';
import { keep } from './keep.ts';
import { MasterKey, ProviderKeys } from './secrets.ts';

/** All that outlives a deployment: the table and the two secrets. Each is handed to a function by its `bind`. */
export class Data extends Construct {
  readonly table = new StateTable(this, 'Table');
  readonly masterKey = new MasterKey(this, 'MasterKey');
  readonly providerKeys = new ProviderKeys(this, 'ProviderKeys');
}

/** What a function may ask of the table: no scans, and nothing that changes the table itself. */
export type TableAction =
  | 'GetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'BatchGetItem'
  | 'BatchWriteItem';

/** The one table: paid by the request, restorable to any second of the last 35 days. */
export class StateTable extends Table {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: tableSchema.partitionKey, type: AttributeType.STRING },
      sortKey: { name: tableSchema.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: tableSchema.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: keep,
    });
  }

  bind(target: LambdaFunction, actions: readonly TableAction[]): void {
    give(target, {
      name: 'SLUICE_TABLE',
      value: this.tableName,
      actions: actions.map((action) => `dynamodb:${action}`),
      arn: this.tableArn,
    });
  }
}
