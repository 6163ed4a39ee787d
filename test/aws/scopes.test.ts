import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { createRates, type Level } from '../../shared/accounting/limits/rates.ts';
import { systemTime, type Time } from '../../shared/async/time.ts';
import { type Item, toItem } from '../../shared/aws/attributes.ts';
import { createScopes, scopePartition } from '../../shared/aws/scopes.ts';
import { anyTrouble, dice, startTableProxy, type TableProxy } from '../support/table-proxy.ts';

let local: LocalTable;
let proxies: TableProxy[];
let ids = 0;

beforeAll(async () => {
  local = await startTable();
  proxies = await Promise.all([1, 2, 3].map(() => startTableProxy(local.endpoint, local.table.name)));
});
afterEach(() => {
  for (const proxy of proxies) proxy.trouble = () => ({});
});
afterAll(async () => {
  await Promise.all(proxies.map(({ close }) => close()));
  await local.close();
});

/** Real timers, and a clock that a test moves: nothing is refilled meanwhile. */
function clock(start = 1_000_000_000_000): Time & { at: number } {
  const time = { ...systemTime, at: start, now: () => time.at };
  return time;
}

/** However busy the machine is, a table that answers at all is waited for. */
const PATIENT_MS = 10_000;

const process = (proxy: TableProxy, time: Time, { warned = [] as string[], tableMs = PATIENT_MS } = {}) =>
  createRates({
    scopes: createScopes(proxy.table, time),
    time,
    log: { warn: (message) => void warned.push(message) },
    tableMs,
  });

const want = (time: Time, tokens = 0) => ({
  id: `lease${++ids}`,
  input: tokens,
  output: 0,
  until: time.now() + 900_000,
});

async function put(id: string, fields: Parameters<typeof toItem>[0]): Promise<void> {
  const Item = toItem({ pk: scopePartition(id), sk: 'STATE', v: 1, ...fields });
  await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item }));
}

const stored = (id: string) => createScopes(local.table, systemTime).read(id);
const level = (id: string, limits: Level['limits']): Level => ({ id, limits });

describe('a scope in the table', () => {
  test('is written once for each request that begins and once when it ends, and never read', async () => {
    const time = clock();
    const rates = process(proxies[0]!, time);
    const levels = [level('key_w', { rpm: 60, tpm: 1_000, concurrency: 5 }), level('group_w', { rpm: 100 })];
    await (await rates.reserve(levels, want(time, 10))).settle(10);
    proxies[0]!.calls.length = 0;
    await (await rates.reserve(levels, want(time, 10))).settle(10);
    expect(proxies[0]!.calls).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem', 'UpdateItem']);
    expect(await stored('key_w')).toEqual({
      requests: 58,
      tokens: 980,
      refilledAt: time.at,
      open: 0,
      leases: new Map(),
    });
  });

  test('settles for what was used, more or less than was estimated', async () => {
    const time = clock();
    const rates = process(proxies[0]!, time);
    const levels = [level('key_s', { tpm: 1_000 })];
    const reservations = await Promise.all([100, 200, 300].map((tokens) => rates.reserve(levels, want(time, tokens))));
    await Promise.all(reservations.map(({ settle }) => settle(500)));
    expect(await stored('key_s')).toMatchObject({ tokens: -500, open: 0 });
    const refused = await rates.reserve(levels, want(time, 100));
    expect(refused).toMatchObject({ refused: { what: 'tokens', waitMs: 36_000 } });
  });

  test('lets exactly 37 of 200 at once in where 37 are left, whatever happens to the calls', async () => {
    const time = clock();
    for (const seed of [1, 2, 3]) {
      const id = `key_37_${seed}`;
      await put(id, { rq: 37, rf: time.at, op: 0 });
      const rates = process(proxies[0]!, time);
      proxies[0]!.trouble = anyTrouble(dice(seed));
      const levels = [level(id, { rpm: 100 })];
      const reservations = await Promise.all(Array.from({ length: 200 }, () => rates.reserve(levels, want(time))));
      expect(reservations.filter(({ refused }) => !refused)).toHaveLength(37);
      expect(await stored(id)).toMatchObject({ requests: 0, open: 37 });
    }
  });

  test('of three processes lets exactly 37 in together', async () => {
    const time = clock();
    await put('key_3x37', { rq: 37, rf: time.at, op: 0 });
    const levels = [level('key_3x37', { rpm: 100 })];
    const rates = proxies.map((proxy, at) => {
      proxy.trouble = anyTrouble(dice(at + 10));
      return process(proxy, time);
    });
    const reservations = await Promise.all(
      Array.from({ length: 200 }, (_, at) => rates[at % 3]!.reserve(levels, want(time))),
    );
    expect(reservations.filter(({ refused }) => !refused)).toHaveLength(37);
    expect(await stored('key_3x37')).toMatchObject({ requests: 0, open: 37 });
  });

  test('that is used for the first time by three processes at once is filled once', async () => {
    const time = clock();
    const levels = [level('key_first', { rpm: 10, tpm: 1_000 })];
    const rates = proxies.map((proxy, at) => {
      proxy.trouble = anyTrouble(dice(at + 30));
      return process(proxy, time);
    });
    const reservations = await Promise.all(
      Array.from({ length: 60 }, (_, at) => rates[at % 3]!.reserve(levels, want(time, 10))),
    );
    expect(reservations.filter(({ refused }) => !refused)).toHaveLength(10);
    expect(await stored('key_first')).toMatchObject({ requests: 0, tokens: 900, open: 10 });
  });

  test('is refilled once for the same time, however many processes see that it is due', async () => {
    const time = clock();
    await put('key_due', { rq: 0, rf: time.at, op: 0 });
    time.at += 10_000;
    const levels = [level('key_due', { rpm: 60 })];
    const rates = proxies.map((proxy, at) => {
      proxy.trouble = anyTrouble(dice(at + 40));
      return process(proxy, time);
    });
    const reservations = await Promise.all(
      Array.from({ length: 60 }, (_, at) => rates[at % 3]!.reserve(levels, want(time))),
    );
    expect(reservations.filter(({ refused }) => !refused)).toHaveLength(10);
    expect(await stored('key_due')).toMatchObject({ requests: 0, refilledAt: time.at });
  });

  test('never has more requests under way than slots, and counts right when some end and others are lost', async () => {
    const time = clock();
    const levels = [level('key_slots', { concurrency: 7 })];
    const random = dice(5);
    // Those that are lost renew no lease.
    const lost: Time = { ...time, now: time.now, every: () => ({ clear() {}, refresh() {} }) };
    const rates = proxies.map((proxy, at) => {
      proxy.trouble = anyTrouble(dice(at + 20));
      return process(proxy, lost);
    });
    for (let round = 0; round < 6; round += 1) {
      const reservations = await Promise.all(
        Array.from({ length: 30 }, (_, at) => rates[at % 3]!.reserve(levels, want(time))),
      );
      const begun = reservations.filter(({ refused }) => !refused);
      expect(begun).toHaveLength(7);
      // The others are lost with their process.
      await Promise.all(begun.filter(() => random() < 0.5).map(({ settle }) => settle(0)));
      const state = (await stored('key_slots'))!;
      expect(state.open).toBe(state.leases.size);
      time.at += 60_001;
    }
  });

  test('of another version is left alone, and the request goes on without limits', async () => {
    const time = clock();
    await put('key_v2', { rq: 0, rf: time.at, v: 2 });
    const warned: string[] = [];
    const reservation = await process(proxies[0]!, time, { warned }).reserve([level('key_v2', { rpm: 1 })], want(time));
    expect(reservation).not.toHaveProperty('refused');
    expect(warned).toHaveLength(1);
  });

  test('holds up a request for 400 ms at most where the table hangs, and the next not at all', async () => {
    const time = systemTime;
    const rates = process(proxies[1]!, time, { tableMs: 400 });
    proxies[1]!.trouble = () => ({ hangs: true });
    const levels = [level('key_hang', { rpm: 60 }), level('group_hang', { rpm: 60 })];
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const since = performance.now();
      await work();
      return performance.now() - since;
    };
    const first = await took(() => rates.reserve(levels, want(time)));
    expect(first).toBeGreaterThan(300);
    expect(first).toBeLessThan(900);
    expect(await took(() => rates.reserve(levels, want(time)))).toBeLessThan(200);
  });

  test('is deleted some time after its last use', async () => {
    const time = clock(1_700_000_000_000);
    await process(proxies[0]!, time).reserve([level('key_ttl', { rpm: 5 })], want(time));
    const item = await readItem('key_ttl');
    expect(Number(item?.ttl?.N)).toBe(1_700_000_000 + 2 * 86_400);
  });
});

async function readItem(id: string): Promise<Item | undefined> {
  const Key = { pk: { S: scopePartition(id) }, sk: { S: 'STATE' } };
  return (await local.table.client.send(new GetItemCommand({ TableName: local.table.name, Key }))).Item;
}
