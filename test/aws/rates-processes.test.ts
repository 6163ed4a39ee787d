import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { createRates } from '../../shared/accounting/limits/rates.ts';
import { systemTime } from '../../shared/async/time.ts';
import { toItem } from '../../shared/aws/attributes.ts';
import { createScopes, scopePartition } from '../../shared/aws/scopes.ts';
import type { Question, Reply } from '../support/rates-process.ts';
import { anyTrouble, dice, startTableProxy, type TableProxy } from '../support/table-proxy.ts';

/** `npm run test:rates` runs it twenty times. */
const RUNS = Number(process.env.RATES_RUNS ?? 1);
const NOW = 1_000_000_000_000;

let local: LocalTable;
let proxy: TableProxy;
let processes: ChildProcess[];

const start = async (): Promise<ChildProcess> => {
  const file = path.join(import.meta.dirname, '../support/rates-process.ts');
  const child = fork(file, [proxy.url, local.table.name, String(NOW)], { execArgv: ['--no-warnings'] });
  await once(child, 'message');
  return child;
};

async function ask(child: ChildProcess, question: Question): Promise<Reply> {
  child.send(question);
  const [reply] = await once(child, 'message');
  return reply as Reply;
}

beforeAll(async () => {
  local = await startTable();
  proxy = await startTableProxy(local.endpoint, local.table.name);
  processes = await Promise.all([start(), start(), start()]);
});
afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  await proxy.close();
  await local.close();
});

test(`200 requests at once of three processes: exactly the 37 that are left begin (${RUNS} times)`, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const id = `key_run${run}`;
    const Item = toItem({ pk: scopePartition(id), sk: 'STATE', v: 1, rq: 37, rf: NOW, op: 0 });
    await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item }));
    proxy.trouble = anyTrouble(dice(run + 1));
    const levels = [{ id, limits: { rpm: 100 } }];
    const replies = await Promise.all(processes.map((child, at) => ask(child, { levels, count: at === 0 ? 68 : 66 })));
    expect(replies.reduce((sum, { begun }) => sum + begun, 0)).toBe(37);
    expect(replies.reduce((sum, { refused }) => sum + refused, 0)).toBe(163);
  }
}, 120_000);

test('a process that is killed gives its slots back when their leases expire', async () => {
  proxy.trouble = () => ({});
  const levels = [{ id: 'key_killed', limits: { concurrency: 3 } }];
  const child = processes.pop()!;
  expect(await ask(child, { levels, count: 5 })).toEqual({ begun: 3, refused: 2 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const at = { now: NOW + 59_000 };
  const time = { ...systemTime, now: () => at.now };
  const rates = createRates({ scopes: createScopes(local.table, time), time, log: { warn: () => {} } });
  const reserve = (id: string) => rates.reserve(levels, { id, input: 0, output: 0, until: at.now + 900_000 });
  expect(await reserve('a')).toMatchObject({ refused: { what: 'concurrency' } });
  at.now += 1_001;
  const begun = await Promise.all(['b', 'c', 'd', 'e'].map(reserve));
  expect(begun.filter(({ refused }) => !refused)).toHaveLength(3);
  await Promise.all(begun.map(({ settle }) => settle(0)));
  expect(await createScopes(local.table, time).read('key_killed')).toMatchObject({ open: 0, leases: new Map() });
});
