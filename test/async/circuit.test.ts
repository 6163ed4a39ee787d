import { expect, test } from 'vitest';
import { createCircuit } from '../../shared/async/circuit.ts';
import { createFakeTime } from '../support/fake-time.ts';

function start(options: { openMs?: number } = {}) {
  const time = createFakeTime();
  const warnings: unknown[] = [];
  const log = { warn: (message: string, fields?: object) => void warnings.push({ message, ...fields }) };
  const circuit = createCircuit({ message: 'the table is away', log, time, ...options });
  const fail = () => circuit(() => Promise.reject(new Error('broken')));
  const succeed = () => circuit(async () => 'answer');
  return { time, warnings, fail, succeed };
}

test('a call that succeeds gives its answer and no warning', async () => {
  const { succeed, warnings } = start();
  expect(await succeed()).toBe('answer');
  expect(warnings).toEqual([]);
});

test('a call that fails gives nothing and is reported with its cause', async () => {
  const { fail, warnings } = start();
  expect(await fail()).toBeUndefined();
  expect(warnings).toEqual([{ message: 'the table is away', cause: new Error('broken') }]);
});

test.each([{ openMs: 500 }, {}])(
  'no call is tried after a failure until the circuit closes ($openMs)',
  async (options) => {
    const { time, fail, succeed } = start(options);
    await fail();
    await time.advance((options.openMs ?? 10_000) - 1);
    expect(await succeed()).toBeUndefined();
    await time.advance(1);
    expect(await succeed()).toBe('answer');
  },
);

test('failures one after another are reported once; after a success the next is reported again', async () => {
  const { time, fail, succeed, warnings } = start({ openMs: 10 });
  for (let tries = 0; tries < 3; tries++) {
    await fail();
    await time.advance(10);
  }
  expect(warnings).toHaveLength(1);
  await succeed();
  await fail();
  expect(warnings).toHaveLength(2);
});
