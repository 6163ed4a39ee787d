/** `npm run test:faults [-- <words of a fault's name>]`: every fault × provider dialect × client path × {stream, whole}. */
import { faults } from './faults.ts';
import { known } from './known.ts';
import { cellsOf, nameOf, type Result, runCells } from './matrix.ts';

const [words = ''] = process.argv.slice(2);
const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

const chosen = faults.filter(({ name }) => name.includes(words));
const cells = cellsOf(chosen);
console.log(`${chosen.length} faults, ${cells.length} requests`);
const began = performance.now();
const { results, left } = await runCells(cells);

const isKnown = ({ cell }: Result): boolean => known.some((pattern) => nameOf(cell).includes(pattern));
const failed = results.filter(({ problems }) => problems.length > 0);
const width = Math.max(...chosen.map(({ name }) => name.length));
console.log(`\n${'fault'.padEnd(width)}  requests  well  slowest  statuses`);
for (const fault of chosen) {
  const rows = results.filter(({ cell }) => cell.fault === fault);
  const well = rows.filter(({ problems }) => problems.length === 0).length;
  const slowest = `${Math.round(Math.max(...rows.map(({ ms }) => ms)))} ms`;
  const statuses = [...new Set(rows.map(({ status }) => status))].sort().join(' ');
  console.log(
    `${fault.name.padEnd(width)}  ${String(rows.length).padStart(8)}  ${String(well).padStart(4)}  ${slowest.padStart(7)}  ${statuses}`,
  );
}
for (const result of failed) {
  console.log(`${isKnown(result) ? 'known  ' : 'FAILED '} ${nameOf(result.cell)}: ${result.problems.join('; ')}`);
}
for (const what of left) console.log(`LEFT    ${what}`);
for (const reason of rejections) console.log('UNHANDLED', reason);
const unknown = failed.filter((result) => !isKnown(result)).length;
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${results.length} requests in ${seconds} s: ${results.length - failed.length} well, ${unknown} failed, ${failed.length - unknown} known; ${left.length} things left behind`,
);
process.exit(unknown + left.length + rejections.length > 0 ? 1 : 0);
