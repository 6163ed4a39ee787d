import { type Command, Option } from 'commander';
import type { Check } from '../../../shared/gateway/readiness.ts';
import type { AuditEntry } from '../../../shared/operations/ports.ts';
import { dimensions, type Row } from '../../../shared/operations/usage-report.ts';
import { CommandError } from '../client.ts';
import { clientOf, outputOf } from '../context.ts';
import { type Columns, printRows } from '../output.ts';
import { positiveNumber } from '../values.ts';

interface UsageReport {
  data: Row[];
  total: Omit<Row, 'value' | 'name'>;
}

const usageColumns = (by: string): Columns<Row> => [
  [by, ({ value }) => value],
  ...(by === 'key' ? ([['name', ({ name }) => name]] as Columns<Row>) : []),
  ['requests', ({ requests }) => requests],
  ['errors', ({ errors }) => errors],
  ['attempts', ({ attempts }) => attempts],
  ['input', ({ tokens }) => tokens.input],
  ['of it cached', ({ tokens }) => tokens.cacheRead],
  ['output', ({ tokens }) => tokens.output],
  ['of it thinking', ({ tokens }) => tokens.reasoning],
];

const auditColumns: Columns<AuditEntry> = [
  ['time', ({ time }) => time],
  ['who', ({ actor }) => actor],
  ['what', ({ action }) => action],
  ['of', ({ subject }) => subject],
  ['request', ({ requestId }) => requestId],
];

const statusColumns: Columns<[string, Check]> = [
  ['check', ([name]) => name],
  ['state', ([, { state }]) => state],
  ['ms', ([, { ms }]) => ms],
];

const modelColumns: Columns<[string, string[]]> = [
  ['model', ([name]) => name],
  ['targets', ([, targets]) => targets.join(' ')],
];

/** What was used, what was changed, and whether all works. */
export function addReportCommands(program: Command): void {
  program
    .command('usage')
    .description('requests and tokens of some days, at most 31')
    .option('--from <day>', 'first day in UTC, such as 2026-11-01; the last day unless given')
    .option('--to <day>', 'last day; today unless given')
    .addOption(new Option('--by <what>', 'what to sum by').choices(dimensions).default('key'))
    .action(async ({ from, to, by }: { from?: string; to?: string; by: string }, command: Command) => {
      const report = await clientOf(command).call<UsageReport>('GET', '/usage', {
        query: { from, to, by },
        member: 'data',
      });
      const output = outputOf(command);
      const rows = output.csv ? report.data : [...report.data, { value: 'total', ...report.total }];
      await printRows(rows, usageColumns(by), { ...output, whole: report });
    });

  program
    .command('audit')
    .description('who changed what, newest first')
    .option('--month <month>', 'such as 2026-11; this one unless given')
    .option('--limit <number>', 'at most so many', positiveNumber, 100)
    .action(async ({ month, limit }: { month?: string; limit: number }, command: Command) => {
      const entries = await clientOf(command).all<AuditEntry>('/audit', limit, { month });
      await printRows(entries, auditColumns, outputOf(command));
    });

  program
    .command('config')
    .description('the models of the running configuration; with --json all of it, without secrets')
    .action(async (_: object, command: Command) => {
      const config = await clientOf(command).call<{ models: Record<string, string[]> }>('GET', '/config', {
        member: 'models',
      });
      await printRows(Object.entries(config.models), modelColumns, { ...outputOf(command), whole: config });
    });

  program
    .command('status')
    .description('whether the table and the secrets can be reached')
    .action(async (_: object, command: Command) => {
      const status = await clientOf(command).call<{ status: string; checks: Record<string, Check> }>('GET', '/status', {
        member: 'checks',
      });
      await printRows(Object.entries(status.checks), statusColumns, { ...outputOf(command), whole: status });
      if (status.status !== 'ready') throw new CommandError('The gateway is not ready.');
    });
}
