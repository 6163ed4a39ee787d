import { expect, test } from 'vitest';
import { faults } from './faults.ts';
import { known } from './known.ts';
import { cellsOf, nameOf, runCells, sampleOf } from './matrix.ts';

/** A sample; all of it is `npm run test:faults`. */
test('whatever a provider does, its caller gets a whole answer or an error in time, and one record', async () => {
  const cells = cellsOf(faults).filter((cell) => !known.some((part) => nameOf(cell).includes(part)));
  const { results, left } = await runCells(sampleOf(cells, 400));
  const failed = results.filter(({ problems }) => problems.length > 0);
  expect(failed.map(({ cell, problems }) => `${nameOf(cell)}: ${problems.join('; ')}`)).toEqual([]);
  expect(left).toEqual([]);
  expect(results.length).toBeGreaterThan(300);
}, 60_000);

test('each fault has a name of its own, and there are at least 65', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(faults.length).toBeGreaterThanOrEqual(65);
});
