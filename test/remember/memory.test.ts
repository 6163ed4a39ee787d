import { beforeEach, expect, test } from 'vitest';
import { createMemory, type Making, type MemorySettings } from '../../shared/remember/memory.ts';
import { createFakeTime, type FakeTime } from '../support/fake-time.ts';
import { createMapTable, type MapTable } from '../support/map-table.ts';

const key = { subject: 'image', variant: 'v1' };
const other = { subject: 'other', variant: 'v1' };
const { signal } = new AbortController();

let time: FakeTime;
let table: MapTable;
let warned: string[];
beforeEach(() => {
  time = createFakeTime({ now: 1_700_000_000_000 });
  table = createMapTable(time);
  warned = [];
});

/** The memory of one process. */
function openProcess(settings: Partial<MemorySettings> = {}) {
  const afterwards: (() => Promise<void>)[] = [];
  const memory = createMemory<string>({
    table,
    settings: { enabled: true, maxEntries: 10, maxBytes: 100_000, ttlSeconds: 3_600, ...settings },
    bytesOf: (value) => value.length,
    makingMs: 60_000,
    awayMessage: 'away',
    log: { warn: (message) => void warned.push(message) },
    time,
  });
  const calls: AbortSignal[] = [];
  const obtain = (make: () => Promise<string>, options: { key?: typeof key; signal?: AbortSignal } = {}) => {
    const making: Making<string> = {
      make: (madeFor) => {
        calls.push(madeFor);
        return make();
      },
      signal: options.signal ?? signal,
      after: (task) => void afterwards.push(task),
    };
    return memory.obtain(options.key ?? key, making);
  };
  const afterWork = async (): Promise<void> => {
    while (afterwards.length > 0) await afterwards.shift()!();
  };
  return { memory, obtain, calls, afterWork };
}

const slowly =
  (ms: number, value = 'words') =>
  (): Promise<string> =>
    time.sleep(ms).then(() => value);
const at = async <Answer>(ms: number, promise: Promise<Answer>): Promise<Answer> => {
  await time.advance(ms);
  return promise;
};

test('a value is made once, then remembered in memory', async () => {
  const { obtain, calls, memory } = openProcess();
  expect(await at(50, obtain(slowly(50)))).toEqual({ value: 'words', from: 'made' });
  expect(await obtain(slowly(50))).toEqual({ value: 'words', from: 'memory' });
  expect(await memory.find(key, signal)).toEqual({ value: 'words', from: 'memory' });
  expect(calls).toHaveLength(1);
});

test('a value is not found before it is made', async () => {
  expect(await openProcess().memory.find(key, signal)).toBeUndefined();
});

test('another process finds the value in the table, and then in its own memory', async () => {
  const [first, second] = [openProcess(), openProcess()];
  await first.obtain(async () => 'words');
  await first.afterWork();
  expect(await second.memory.find(key, signal)).toEqual({ value: 'words', from: 'table' });
  expect(await second.obtain(slowly(1))).toEqual({ value: 'words', from: 'memory' });
  expect(second.calls).toEqual([]);
});

test('all who ask one process at the same time share one call', async () => {
  const { obtain, calls, memory } = openProcess();
  const asking = [obtain(slowly(50)), obtain(slowly(50))];
  await time.advance(10);
  const finding = memory.find(key, signal);
  await time.advance(40);
  expect((await Promise.all(asking)).map(({ from }) => from)).toEqual(['made', 'shared']);
  expect(await finding).toEqual({ value: 'words', from: 'shared' });
  expect(calls).toHaveLength(1);
});

test('a second process makes no second call though the making takes 60 s, three times as long as a lease', async () => {
  const [first, second] = [openProcess(), openProcess()];
  const made = first.obtain(slowly(60_000));
  await time.advance(1_000);
  const waited = second.obtain(slowly(60_000));
  await time.advance(60_000);
  expect(await made).toEqual({ value: 'words', from: 'made' });
  await first.afterWork();
  await time.advance(200);
  expect(await waited).toEqual({ value: 'words', from: 'table' });
  expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
  expect(time.pending()).toBe(0);
});

test('a process that died holds the others up until its lease is over, and no longer', async () => {
  await table.lease(key, { generation: '0.0', now: time.now(), until: time.now() + 20_000 });
  const { obtain, calls } = openProcess();
  const made = obtain(async () => 'words');
  await time.advance(19_999);
  expect(calls).toHaveLength(0);
  expect(await at(201, made)).toEqual({ value: 'words', from: 'made' });
});

test('a making that failed ends its lease at once, and the next request makes the value', async () => {
  const [first, second] = [openProcess(), openProcess()];
  await expect(first.obtain(() => Promise.reject(new Error('no words')))).rejects.toThrow('no words');
  await first.afterWork();
  expect(await second.obtain(async () => 'words')).toEqual({ value: 'words', from: 'made' });
  expect(time.pending()).toBe(0);
});

test('a caller who leaves ends only its own waiting; when all have left, the making is ended', async () => {
  const { obtain, calls } = openProcess();
  const [one, two] = [new AbortController(), new AbortController()];
  const asking = [one, two].map(({ signal }) => obtain(slowly(50), { signal }).catch((error: Error) => error.message));
  await time.advance(10);
  one.abort(new Error('first left'));
  expect(await asking[0]).toBe('first left');
  expect(calls[0]!.aborted).toBe(false);
  two.abort(new Error('second left'));
  expect(await asking[1]).toBe('second left');
  expect(calls[0]!.aborted).toBe(true);
});

test('a value is used until its time is over', async () => {
  const { obtain, afterWork, memory } = openProcess({ ttlSeconds: 60 });
  await obtain(async () => 'words');
  await afterWork();
  await time.advance(59_000);
  expect(await memory.find(key, signal)).toMatchObject({ from: 'memory' });
  await time.advance(1_000);
  expect(await memory.find(key, signal)).toBeUndefined();
});

test('a value that is cleared in one process is used in no other, and one subject can be cleared alone', async () => {
  const [first, second] = [openProcess(), openProcess()];
  for (const which of [key, other]) await first.obtain(async () => 'words', { key: which });
  await first.afterWork();
  await second.memory.find(key, signal);
  await first.memory.clear(key.subject);
  expect(await second.memory.find(key, signal)).toBeUndefined();
  expect(await second.memory.find(other, signal)).toMatchObject({ from: 'table' });
  await first.memory.clear();
  for (const { memory } of [first, second]) expect(await memory.find(other, signal)).toBeUndefined();
});

test('where the table is away, values are made once a process, and the log says so once', async () => {
  table.isAway = true;
  const { obtain, calls, afterWork } = openProcess();
  expect(await obtain(async () => 'words')).toMatchObject({ from: 'made' });
  expect(await obtain(async () => 'words')).toMatchObject({ from: 'memory' });
  await afterWork();
  expect([calls.length, warned]).toEqual([1, ['away']]);
  await expect(openProcess().memory.clear()).rejects.toThrow('away');
});

test('a value made while the table was away is not used once the table is back: it may have been cleared', async () => {
  table.isAway = true;
  const { obtain, memory } = openProcess();
  await obtain(async () => 'words');
  table.isAway = false;
  await time.advance(10_000);
  expect(await memory.find(key, signal)).toBeUndefined();
});

test('a value that is too large for the table stays in memory, and its lease is ended', async () => {
  table.most = 3;
  const { obtain, afterWork, memory } = openProcess();
  await obtain(async () => 'words');
  await afterWork();
  expect(table.leases.size).toBe(0);
  expect(await memory.find(key, signal)).toMatchObject({ from: 'memory' });
  expect(await openProcess().memory.find(key, signal)).toBeUndefined();
});

test('where remembering is off, each value is made anew and the table is not asked', async () => {
  const { obtain, calls } = openProcess({ enabled: false });
  for (let times = 0; times < 2; times += 1) expect(await obtain(async () => 'words')).toMatchObject({ from: 'made' });
  expect([calls.length, table.reads, table.leases.size]).toEqual([2, 0, 0]);
});

test('hits, misses and failures are counted', async () => {
  const { obtain, memory, afterWork } = openProcess();
  await at(40, obtain(slowly(40)));
  await afterWork();
  await obtain(slowly(40));
  memory.failed();
  const { process, overall } = await memory.statistics();
  expect(process).toMatchObject({
    hits: { memory: 1, table: 0, shared: 0 },
    misses: 1,
    errors: 1,
    hit_rate: 0.5,
    calls_saved: 1,
    seconds_saved: 0.04,
    entries: 1,
  });
  expect(overall).toMatchObject({ hits: 1, misses: 1, stored: 1, stored_bytes: 5 });
});
