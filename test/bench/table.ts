import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { startTable } from '../../infra/local/table.ts';
import { USAGE_SHARDS, usagePartition } from '../../shared/aws/usage-items.ts';
import { join } from './member.ts';

/** DynamoDB, in a process of its own so that its work is not counted as the gateway's. */

const { table, endpoint } = await startTable();

/** How many usage records of a day have been written. */
async function countRecords(day: unknown): Promise<number> {
  const shards = Array.from({ length: USAGE_SHARDS }, (_, shard) => countPartition(usagePartition(String(day), shard)));
  return (await Promise.all(shards)).reduce((sum, count) => sum + count, 0);
}

async function countPartition(partition: string): Promise<number> {
  let count = 0;
  let from: Record<string, { S: string }> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
        Select: 'COUNT',
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey as typeof from;
  } while (from);
  return count;
}

join(endpoint, { name: () => table.name, countRecords });
