import { expect, test } from 'vitest';
import { createCircuit } from '../../shared/async/circuit.ts';
import { createTally } from '../../shared/remember/tally.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { createMapTable } from '../support/map-table.ts';

function open() {
  const time = createFakeTime({ now: Date.UTC(2026, 0, 31, 23, 59, 50) });
  const table = createMapTable(time);
  const circuit = createCircuit({ message: 'away', openMs: 0, log: { warn: () => {} }, time });
  const memory = { size: () => ({ entries: 3, bytes: 900 }) };
  return { time, table, tally: createTally({ table, circuit, memory, time }) };
}

test('before the first image there is no rate of hits', async () => {
  const { tally } = open();
  expect((await tally.statistics()).process).toEqual({
    entries: 3,
    bytes: 900,
    hits: { memory: 0, table: 0, shared: 0 },
    misses: 0,
    errors: 0,
    hit_rate: null,
    calls_saved: 0,
    seconds_saved: 0,
  });
});

test('counts of this process and of all are added up, hits by where they came from', async () => {
  const { tally, table } = open();
  await table.count('2026-01-30', { hits: 6, misses: 1, errors: 2, savedMs: 500, stored: 1, storedBytes: 10 });
  tally.hit('memory', 1_000);
  tally.hit('table', 500);
  tally.miss();
  tally.failed();
  tally.stored(80);
  const { process, overall } = await tally.statistics();
  expect(process).toMatchObject({ hits: { memory: 1, table: 1, shared: 0 }, misses: 1, errors: 1, seconds_saved: 1.5 });
  expect(overall).toEqual({
    days: 30,
    hits: 8,
    misses: 2,
    errors: 3,
    hit_rate: 0.8,
    calls_saved: 8,
    seconds_saved: 2,
    stored: 2,
    stored_bytes: 90,
  });
});

test('counts are written at most every five seconds, together, under the day in UTC', async () => {
  const { tally, table, time } = open();
  tally.miss();
  await tally.flush();
  tally.miss();
  tally.miss();
  await tally.flush();
  expect(table.counts.get('2026-01-31')).toMatchObject({ misses: 1 });
  await time.advance(4_999);
  await tally.flush();
  expect(table.counts.get('2026-01-31')).toMatchObject({ misses: 1 });
  await time.advance(5_001);
  await tally.flush();
  expect(table.counts.get('2026-01-31')).toMatchObject({ misses: 1 });
  expect(table.counts.get('2026-02-01')).toMatchObject({ misses: 2 });
});

test('where there is nothing to count, nothing is written', async () => {
  const { tally, table } = open();
  await tally.flush();
  expect(table.counts.size).toBe(0);
});

test('counts that could not be written are written with the next ones', async () => {
  const { tally, table, time } = open();
  table.isAway = true;
  tally.miss();
  await tally.flush();
  expect((await tally.statistics()).overall).toBeNull();
  table.isAway = false;
  tally.miss();
  await time.advance(5_000);
  await tally.flush();
  expect(table.counts.get('2026-01-31')).toMatchObject({ misses: 2 });
});

test('days beyond the last thirty are not in the sums', async () => {
  const { tally, table } = open();
  const one = { hits: 0, misses: 1, errors: 0, savedMs: 0, stored: 0, storedBytes: 0 };
  await table.count('2026-01-02', one);
  await table.count('2026-01-01', one);
  expect((await tally.statistics()).overall).toMatchObject({ misses: 1 });
});
