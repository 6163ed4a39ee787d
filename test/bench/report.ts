import type { Comparison } from './compare.ts';
import type { Spread } from './figures.ts';
import type { Filling } from './fill.ts';
import { memory, scenarios } from './scenarios.ts';

export interface Results {
  comparisons: Comparison[];
  memory?: { pipe: Filling; sluice: Filling };
  /** Usage records in the table at the end, and how many there should be. */
  usageRecords: { written: number; expected: number };
}

const head = [
  'CPU for one request',
  'pipe ms',
  'Sluice ms',
  'ratio',
  'target',
  'pieces',
  'first byte +ms',
  'whole +ms',
];
const legend = `ratio: median over pairs of rounds
pieces: in how many an answer came, through the pipe / through Sluice, which passes on together what it finds together
+ms: p50 / P95 beyond the pipe; – where requests queue for the processor`;

/** The results as people read them, with what we want beside what we have. */
export function report(results: Results): string {
  const { comparisons, memory: weights, usageRecords } = results;
  const rows = comparisons.map((comparison) => row(comparison));
  return [
    '',
    ...(rows.length === 0 ? [] : [table(head, rows), '', legend, '']),
    ...(weights ? [memoryLine(weights)] : []),
    `usage records in the table: ${usageRecords.written} of ${usageRecords.expected}`,
    ...failures(results),
    '',
  ].join('\n');
}

function row({ scenario, pipeCpuMs, sluiceCpuMs, ratio, pieces, addedFirst, addedTotal }: Comparison): string[] {
  const { title, target, timed } = scenarios.find(({ name }) => name === scenario)!;
  const added = (spread: Spread): string => (timed ? `${spread.p50.toFixed(1)} / ${spread.p95.toFixed(1)}` : '–');
  return [
    title,
    pipeCpuMs.toFixed(2),
    sluiceCpuMs.toFixed(2),
    `${ratio.toFixed(2)}×`,
    target === undefined ? '' : `≤ ${target}×`,
    `${pieces.pipe.toFixed(0)} / ${pieces.sluice.toFixed(0)}`,
    added(addedFirst),
    added(addedTotal),
  ];
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]!.length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd();
  return [head, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}

function memoryLine({ pipe, sluice }: { pipe: Filling; sluice: Filling }): string {
  const weight = ({ startMb, endMb }: Filling): string => `${endMb.toFixed(0)} MB (${startMb.toFixed(0)} at start)`;
  const target = sluice.requests === memory.count ? `   target ≤ ${memory.target} MB` : '';
  return `memory after ${sluice.requests} small requests: pipe ${weight(pipe)}, Sluice ${weight(sluice)}${target}`;
}

/** What went wrong, a line each; nothing where all is well. */
export function failures({ comparisons, memory: weights, usageRecords }: Results): string[] {
  const all = [
    ...comparisons,
    ...(weights ? Object.entries(weights).map(([who, filling]) => ({ scenario: `memory (${who})`, ...filling })) : []),
  ];
  const requests = all
    .filter(({ failed }) => failed > 0)
    .map(({ scenario, failed, failure }) => `FAILED ${scenario}: ${failed} requests, the first with: ${failure}`);
  const missing = usageRecords.expected - usageRecords.written;
  return missing === 0 ? requests : [...requests, `FAILED usage: ${missing} records are missing in the table`];
}
