import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptLine, UsageRecord } from '../../shared/accounting/record.ts';
import { writeEach } from '../../shared/aws/usage.ts';
import { usageRecord } from '../aws/record.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

let rig: AdminRig;
let key: { id: string };

const line = (provider: string, model: string, input: number, output: number): AttemptLine => ({
  purpose: 'answer',
  provider,
  model,
  startedMs: 0,
  totalMs: 1,
  usage: { input, output, reasoning: 1 },
});

let requests = 0;
async function write(fields: Partial<UsageRecord>): Promise<void> {
  requests += 1;
  const { provider, model, ...record } = usageRecord({ requestId: `r${requests}` });
  await writeEach({ table: rig.local.table, retentionDays: 9_000, log: rig.ports.log }).write({ ...record, ...fields });
}

beforeAll(async () => {
  rig = await startAdminRig();
  await rig.call('POST', '/groups', { id: 'team', name: 'Team' });
  key = (await rig.call('POST', '/keys', { name: 'ci', group: 'team' })).body;
  const base = { provider: 'p', model: 'm' };
  const mine = { ...base, caller: key.id, callerName: 'ci' };
  await write({ ...mine, time: '2026-11-01T00:00:00.000Z', attempts: [line('p', 'm', 10, 1)] });
  await write({ ...mine, time: '2026-11-01T23:59:59.999Z', attempts: [line('q', 'n', 100, 0), line('p', 'm', 20, 2)] });
  await write({
    ...base,
    caller: 'master',
    time: '2026-11-02T00:00:00.000Z',
    attempts: [line('p', 'o', 1000, 3)],
    model: 'o',
  });
  await write({ caller: 'master', time: '2026-11-02T12:00:00.000Z', error: 'not_found', attempts: [] });
});
afterAll(() => rig.close());

const report = async (query: string) => {
  const { status, body } = await rig.call('GET', `/usage?${query}`);
  if (status !== 200) return { status, body };
  const rows = body.data.map(
    (row: {
      value: string;
      requests: number;
      errors: number;
      attempts: number;
      tokens: { input: number; output: number };
    }) => [row.value, row.requests, row.errors, row.attempts, row.tokens.input, row.tokens.output],
  );
  return { status, body, rows };
};

describe('usage', () => {
  test('by key has the name of each, and counts both days', async () => {
    const { rows, body } = await report('from=2026-11-01&to=2026-11-02&by=key');
    const [mine, master] = [
      [key.id, 2, 0, 3, 130, 3],
      ['master', 2, 1, 1, 1000, 3],
    ];
    expect(rows).toEqual([mine, master]);
    expect(body.data[0].name).toBe('ci');
    expect(body.total).toMatchObject({
      requests: 4,
      errors: 1,
      attempts: 4,
      tokens: { input: 1130, output: 6, reasoning: 4 },
    });
  });

  test('by model and provider counts tokens where they were spent, and requests where they were answered', async () => {
    expect((await report('from=2026-11-01&to=2026-11-02&by=model')).rows).toEqual([
      ['p/m', 2, 0, 2, 30, 3],
      ['p/o', 1, 0, 1, 1000, 3],
      ['(none)', 1, 1, 0, 0, 0],
      ['q/n', 0, 0, 1, 100, 0],
    ]);
    expect((await report('from=2026-11-01&to=2026-11-02&by=provider')).rows).toEqual([
      ['p', 3, 0, 3, 1030, 6],
      ['(none)', 1, 1, 0, 0, 0],
      ['q', 0, 0, 1, 100, 0],
    ]);
  });

  test('by group goes by the groups that keys are in now', async () => {
    const { rows } = await report('from=2026-11-01&to=2026-11-02&by=group');
    expect(rows).toEqual([
      ['team', 2, 0, 3, 130, 3],
      ['(none)', 2, 1, 1, 1000, 3],
    ]);
  });

  test('by group has callers without a key in the group that they had', async () => {
    const ann = { caller: 'https://issuer.example#ann', provider: 'p', model: 'm', time: '2026-10-05T00:00:00.000Z' };
    await write({ ...ann, callerGroup: 'team', attempts: [line('p', 'm', 7, 1)] });
    await write({ ...ann, callerGroup: 'team', attempts: [line('p', 'm', 8, 1)] });
    await write({ ...ann, attempts: [line('p', 'm', 9, 1)] });
    expect((await report('from=2026-10-05&to=2026-10-05&by=group')).rows).toEqual([
      ['team', 2, 0, 2, 15, 2],
      ['(none)', 1, 0, 1, 9, 1],
    ]);
  });

  test('by session and by agent sums what one conversation cost, and each of its agents', async () => {
    const session = { caller: 'master', provider: 'p', model: 'm', time: '2026-10-06T00:00:00.000Z', session: 's-1' };
    await write({ ...session, attempts: [line('p', 'm', 7, 1)] });
    await write({ ...session, agent: 'a-1', attempts: [line('p', 'm', 8, 1), line('q', 'n', 3, 0)] });
    await write({ ...session, agent: 'a-1', parentAgent: 'a-0', attempts: [line('p', 'm', 9, 1)] });
    expect((await report('from=2026-10-06&to=2026-10-06&by=session')).rows).toEqual([['s-1', 3, 0, 4, 27, 3]]);
    expect((await report('from=2026-10-06&to=2026-10-06&by=agent')).rows).toEqual([
      ['a-1', 2, 0, 3, 20, 2],
      ['(none)', 1, 0, 1, 7, 1],
    ]);
  });

  test('of one day has only that day', async () => {
    expect((await report('from=2026-11-02&to=2026-11-02')).rows).toEqual([['master', 2, 1, 1, 1000, 3]]);
    expect((await report('to=2026-11-03')).rows).toEqual([]);
  });

  test.each([
    ['from=2026-10-01&to=2026-11-01', 'from'],
    ['from=2026-11-02&to=2026-11-01', 'from'],
    ['from=2026-02-30', 'from'],
    ['by=owner', 'by'],
    ['form=2026-11-01', 'query'],
  ])('for %s is refused, as %s is wrong', async (query, param) => {
    const { status, body } = await report(query);
    expect([status, body.error.param]).toEqual([400, param]);
  });
});
