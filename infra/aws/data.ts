import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
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

/** What a function may do with the table: no scans, and nothing that changes the table itself. */
interface TableRights {
  /** Anywhere in the table. */
  read: readonly ('GetItem' | 'BatchGetItem' | 'Query')[];
  /** In `partitions` only. */
  write: readonly ('PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem')[];
  /** Patterns of partition keys, `*` for any text. */
  partitions: readonly string[];
  /** Whether it may read the index of what is listed. */
  lists?: boolean;
}

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
    const { name: indexName, partitionKey, sortKey, attributes } = tableSchema.list;
    this.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...attributes],
    });
  }

  bind(target: LambdaFunction, { read, write, partitions, lists = false }: TableRights): void {
    give(target, { name: 'SLUICE_TABLE', value: this.tableName, actions: read.map(fullName), arn: this.tableArn });
    if (lists) {
      const index = `${this.tableArn}/index/${tableSchema.list.name}`;
      target.addToRolePolicy(new PolicyStatement({ actions: [fullName('Query')], resources: [index] }));
    }
    target.addToRolePolicy(
      new PolicyStatement({
        actions: write.map(fullName),
        resources: [this.tableArn],
        conditions: {
          'ForAllValues:StringLike': { [leadingKeys]: [...partitions] },
          // A condition for all values is also met where there is none.
          Null: { [leadingKeys]: 'false' },
        },
      }),
    );
  }
}

const fullName = (action: string): string => `dynamodb:${action}`;

/** The partition keys of all items that a call names. */
const leadingKeys = 'dynamodb:LeadingKeys';
