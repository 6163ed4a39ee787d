import { afterAll, beforeAll, expect, test } from 'vitest';
import { faults } from '../faults/faults.ts';
import { known } from '../faults/known.ts';
import {
  answerProblems,
  type Cell,
  cellsOf,
  type FaultyProviders,
  nameOf,
  sampleOf,
  startProviders,
} from '../faults/matrix.ts';
import { definitionOf, MOST_MS } from '../faults/settings.ts';
import type { Call } from './event.ts';
import { masterKey, type Stage, startStage } from './stage.ts';

/** Some 500 of the cells of `npm run test:faults`, with the built bundle under AWS's runtime client. */
const cells = sampleOf(
  cellsOf(faults).filter((cell) => !known.some((part) => nameOf(cell).includes(part))),
  500,
);

let providers: FaultyProviders;
let stage: Stage;
beforeAll(async () => {
  providers = await startProviders(cells);
  stage = await startStage(definitionOf(providers.configs));
});
afterAll(async () => {
  await stage.close();
  await providers.close();
});

function callOf(cell: Cell): Call {
  const { client, stream } = cell;
  const model = providers.modelOf(cell);
  return {
    method: 'POST',
    path: client.path(model, stream),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${masterKey}` },
    body: JSON.stringify(client.body(model, stream)),
  };
}

test('whatever a provider does, each request on Lambda is answered in time, recorded once, and leaves no timer', async () => {
  const failed: string[] = [];
  const ids = new Set<string>();
  const processes = new Set<number>();
  for (const cell of cells) {
    const began = performance.now();
    try {
      const { status, headers, chunks, pid } = await stage.ask(callOf(cell), 2 * MOST_MS);
      const body = Buffer.concat(chunks.map(({ bytes }) => bytes));
      const ms = performance.now() - began;
      ids.add(String(headers['x-request-id']));
      processes.add(pid);
      failed.push(
        ...answerProblems(cell, { status, headers, body, ms }).map((problem) => `${nameOf(cell)}: ${problem}`),
      );
    } catch (thrown) {
      failed.push(`${nameOf(cell)}: ${String(thrown).slice(0, 200)}`);
    }
  }
  expect(failed).toEqual([]);
  expect(processes.size).toBe(1);
  expect(ids.size).toBe(cells.length);
  expect(await stage.table.usageRecords()).toHaveLength(cells.length);
  expect(await stage.sandbox.armedTimers()).toBe(0);
  expect(stage.sandbox.output()).not.toMatch(/unhandled|Invoke Error|MaxListenersExceeded/i);
}, 600_000);
