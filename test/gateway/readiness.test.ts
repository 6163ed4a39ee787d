import { expect, test } from 'vitest';
import { type Checks, createReadiness } from '../../shared/gateway/readiness.ts';
import { createFakeTime } from '../support/fake-time.ts';

function open(checks: (time: ReturnType<typeof createFakeTime>) => Checks) {
  const time = createFakeTime({ now: 7_000 });
  const warned: string[] = [];
  const log = { warn: (message: string) => void warned.push(message) };
  return { readiness: createReadiness({ checks: checks(time), log, time }), time, warned };
}

test('each check has its own state and time', async () => {
  const { readiness, time, warned } = open(({ sleep }) => ({
    fast: () => sleep(5),
    broken: () => sleep(7).then(() => Promise.reject(new Error('no'))),
  }));
  const results = readiness();
  await time.advance(10);
  expect(await results).toEqual({ fast: { state: 'ok', ms: 5 }, broken: { state: 'failed', ms: 7 } });
  expect(warned).toEqual(['not ready: broken']);
});

test('a check that gives no answer within three seconds has failed', async () => {
  const { readiness, time } = open(() => ({ silent: () => new Promise(() => {}) }));
  const results = readiness();
  await time.advance(3_000);
  expect(await results).toEqual({ silent: { state: 'failed', ms: 3_000 } });
  expect(time.pending()).toBe(0);
});

test('results are remembered for five seconds and shared by all who ask meanwhile', async () => {
  let runs = 0;
  const { readiness, time } = open(({ sleep }) => ({
    counted: () => {
      runs += 1;
      return sleep(10);
    },
  }));
  const both = [readiness(), readiness()];
  await time.advance(10);
  await Promise.all(both);
  await time.advance(4_990);
  await readiness();
  expect(runs).toBe(1);
  await time.advance(1);
  void readiness();
  expect(runs).toBe(2);
});
